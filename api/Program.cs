using KubeDoH.Api.Doh;
using KubeDoH.Api.Entries;
using KubeDoH.Api.Entries.Transfer;
using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Api.Inspect;
using KubeDoH.Api.Views;
using KubeDoH.Engine;

CommandLine line = CommandLine.Read(args);
if (line.Help) HelpText.Write(Console.Out);
if (line.Version) Console.WriteLine(HelpText.Version);
if (line.Help || line.Version) return 0;

string root = Directory.GetCurrentDirectory();
if (Settings.TryRead(line, Environment.GetEnvironmentVariables(), root, Console.Error) is not { } options) return 1;
if (!Certificates.TryProvide(options.Listen, Path.Combine(root, "data"), Console.Error, out ServerCertificate? certificate)) return 1;

WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = root });
builder.WebHost.UseKestrel(options.Listen, certificate);
builder.Logging.AddSimpleConsole().AddLevels(options.LogLevels);
builder.Services.AddRoutingCore();

using ILoggerFactory loggers = LoggerFactory.Create(logging => logging.AddSimpleConsole().AddLevels(options.LogLevels));
if (!EngineServices.TryCreate(options.Engine, [], TimeProvider.System, loggers, out EngineServices? engine, out string? error))
{
    Console.Error.WriteLine($"kubedoh: {error}");
    return 1;
}

await using EngineServices services = engine;
builder.Services.AddEngine(engine).AddEntries(options.Management).AddApiDocument();

WebApplication app = builder.Build();
app.Use(new ApiErrors(app.Services.GetRequiredService<ILogger<ApiErrors>>()).InvokeAsync);
app.Use(ConnectionRoom.NoteRequestAsync);
app.Use(new ApiSecurity(options.Management, insideCluster: IsPod()).InvokeAsync);
app.UseDohAheadOfRouting();
app.UseRouting();
app.MapDoh();
app.MapEntries();
app.MapEntryBatches();
app.MapEntryEvents();
app.MapEntryHistory();
app.MapTransfers();
app.MapInspect();
app.MapViews();
app.MapHealth();
app.MapApiDocument();
return await app.RunAsync(options.Listen, certificate, engine);

// The kubelet names the API server to every pod.
static bool IsPod() => Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is not null;
