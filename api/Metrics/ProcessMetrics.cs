using System.Diagnostics;
using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Engine;
using KubeDoH.Engine.Metrics;
using static KubeDoH.Engine.Metrics.MetricFamily;
using static KubeDoH.Engine.Metrics.MetricSample;

namespace KubeDoH.Api.Metrics;

/// <summary>Everything that is measured: what the engine counts, and what there is of the server around it.</summary>
internal sealed class ProcessMetrics(
    EngineServices engine, IReadOnlyList<ServedListener> listeners, LiveConfiguration configuration, CertificateSource? certificates,
    TimeProvider time)
{
    private readonly double _startedAt = Seconds(time.GetUtcNow());

    public IEnumerable<MetricFamily> Read() => [.. engine.ReadMetrics(), .. OfServer(), .. OfConfiguration(), .. OfProcess()];

    private IEnumerable<MetricFamily> OfServer()
    {
        yield return Counter("coredns_dns_https_responses_total", "Replies of the paths that answer names, by HTTP status.",
            [.. listeners.SelectMany(listener => listener.Replies())]);
        yield return Counter("coredns_panics_total", "Requests that failed because of a bug.", Of(Panics.Count));
        yield return Gauge("kubedoh_build_info", "1, with the version.", Of(1, "version", HelpText.Version));
        if (certificates is null) yield break;
        yield return Gauge("kubedoh_certificate_expiry_timestamp_seconds", "When the certificate of https ends.",
            Of(Seconds(new DateTimeOffset(certificates.Current.Leaf.NotAfter.ToUniversalTime()))));
    }

    private IEnumerable<MetricFamily> OfConfiguration() =>
    [
        Counter("coredns_reload_failed_total", "Changes of the configuration that were refused.", Of(configuration.Failures)),
        Counter("kubedoh_config_reloads_total", "Changes of the configuration that came into force.", Of(configuration.Reloads)),
        Gauge("kubedoh_config_last_reload_successful", "0 while what stands in the configuration is refused.",
            Of(configuration.Failure is null ? 1 : 0)),
        Gauge("kubedoh_config_loaded_timestamp_seconds", "When what is in force came into force.", Of(Seconds(configuration.LoadedAt))),
    ];

    private IEnumerable<MetricFamily> OfProcess()
    {
        using var process = Process.GetCurrentProcess();
        yield return Counter("process_cpu_seconds_total", "Processor time, user and system.", Of(process.TotalProcessorTime.TotalSeconds));
        yield return Gauge("process_resident_memory_bytes", "Resident memory.", Of(process.WorkingSet64));
        yield return Gauge("process_start_time_seconds", "When the process began to measure.", Of(_startedAt));
        yield return Gauge("process_open_fds", "Open file descriptors.", Of(OpenFiles()));
        yield return Gauge("kubedoh_managed_memory_bytes", "Memory of managed objects.", Of(GC.GetTotalMemory(forceFullCollection: false)));
        yield return Counter("kubedoh_gc_collections_total", "Collections of garbage, by generation.",
            [.. Enumerable.Range(0, GC.MaxGeneration + 1)
                .Select(generation => Of(GC.CollectionCount(generation), "generation", $"{generation}"))]);
    }

    private static int OpenFiles()
    {
        const string folder = "/proc/self/fd";
        return Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder).Count() : 0;
    }

    private static double Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;
}

/// <summary>Bugs that a request ran into, since the start of the process.</summary>
internal static class Panics
{
    private static long s_count;

    public static long Count => Volatile.Read(ref s_count);

    public static void Note() => Interlocked.Increment(ref s_count);
}
