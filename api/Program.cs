using KubeDoH.Api.Compare;
using KubeDoH.Api.Doh;
using KubeDoH.Api.Entries;
using KubeDoH.Api.Entries.Transfer;
using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Access;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Api.Hosting.Dns;
using KubeDoH.Api.Hosting.Logging;
using KubeDoH.Api.Inspect;
using KubeDoH.Api.Metrics;
using KubeDoH.Api.Queries;
using KubeDoH.Api.Views;
using KubeDoH.Engine;

if (args is [NewToken.Switch, .. var words]) return NewToken.Run(words, Console.Out, Console.Error, TimeProvider.System);
CommandLine line = CommandLine.Read(args);
if (line.Help) HelpText.Write(Console.Out);
if (line.Version) Console.WriteLine(HelpText.Version);
if (line.Help || line.Version) return 0;

string root = Directory.GetCurrentDirectory();
var settings = new Settings(line, Environment.GetEnvironmentVariables(), root);
if (settings.TryRead(Console.Error) is not { } options) return 1;
using var logs = new Logs(options.Logging, TimeProvider.System);
if (!ServerParts.TryOpen(options, Path.Combine(root, "data"), logs, Console.Error, out ServerParts? parts)) return 1;

await using EngineServices engine = parts.Engine;
var live = new LiveConfiguration(options, TimeProvider.System);
live.Follow(changed => logs.Levels.Set(changed.Logging));
if (AccessSetup.TryFollow(live, engine.Reviews, IsPod(), TimeProvider.System, logs.Factory, out string? error) is not { } callers)
{
    Console.Error.WriteLine($"kubedoh: {error}");
    return 1;
}

WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = root });
builder.WebHost.UseKestrel(options.Listen, parts.Certificates);
builder.Services.AddRoutingCore();
builder.Services.AddEngine(engine).AddEntries(options.Management).AddCompare().AddDns(options.Listen, parts.Certificates, engine)
    .AddOperation(settings, live, logs, parts.Certificates).AddApiDocument().CloseHostServices();

WebApplication app = builder.Build();
using Telemetry? telemetry = Telemetry.Start(options.Telemetry, app.Services.GetRequiredService<ProcessMetrics>());
app.Use(app.Services.GetRequiredService<Lameduck>().InvokeAsync);
app.Use(new ApiErrors(app.Services.GetRequiredService<ILogger<ApiErrors>>()).InvokeAsync);
if (ListenerPaths.AreNeeded(options.Listen)) app.Use(new ListenerPaths(options.Listen).InvokeAsync);
app.UseProxies(options.Listen.Proxies);
app.UseQueryGate(options.Query, callers);
app.UseDohAheadOfRouting();
app.Use(ServedConnection.NoteRequestAsync);
app.Use(RequestIds.InvokeAsync);
app.UseRouting();
app.Use(new ApiSecurity(callers, app.Services.GetRequiredService<ILogger<ApiSecurity>>(), options.Logging.ClientAddresses).InvokeAsync);
app.MapAll();
return await app.RunAsync(live, parts.Certificates?.Current, engine);

// The kubelet names the API server to every pod.
static bool IsPod() => Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is not null;
