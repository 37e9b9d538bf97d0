// The engine's paths, one by one: time and bytes a question. Arguments are BenchmarkDotNet's, such as --filter '*cluster*';
// or "cache": the cache's hit rate; or "store FOLDER": the store of entries on the disk of that folder; or "import FORM FOLDER": an import.
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

if (args is ["cache"]) return KubeDoH.Bench.CacheRun.Run();
if (args is ["store", var folder])
{
    await KubeDoH.Bench.StoreMeasure.RunAsync(folder);
    return 0;
}

if (args is ["import", var form, var to])
{
    await KubeDoH.Bench.ImportMeasure.RunAsync(form, to);
    return 0;
}

ManualConfig config = ManualConfig.CreateEmpty()
    .AddLogger(ConsoleLogger.Default)
    .AddColumnProvider(DefaultColumnProviders.Instance)
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
    .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(100))
    .WithOptions(ConfigOptions.JoinSummary | ConfigOptions.DisableLogFile)
    .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "kubedoh-bench"));
BenchmarkSwitcher.FromAssembly(typeof(KubeDoH.Bench.SampleEngine).Assembly).Run(args, config);
return 0;
