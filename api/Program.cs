using KubeDoH.Api.Doh;
using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;

CommandLine line = CommandLine.Read(args);
if (line.Help) HelpText.Write(Console.Out);
if (line.Version) Console.WriteLine(HelpText.Version);
if (line.Help || line.Version) return 0;

string root = Directory.GetCurrentDirectory();
if (Settings.TryRead(line, Environment.GetEnvironmentVariables(), root, Console.Error) is not { } options) return 1;
if (!Certificates.TryProvide(options.Listen, Path.Combine(root, "data"), Console.Error, out ServerCertificate? certificate)) return 1;

WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = root });
builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => KestrelSetup.Apply(kestrel, options.Listen, certificate));
builder.Logging.AddSimpleConsole().AddLevels(options.LogLevels);
builder.Services.AddRoutingCore();
EngineStandIn engine = EngineStandIn.Create(options.Engine);
builder.Services.AddSingleton<IResolver>(engine).AddSingleton<IClientViews>(engine);

WebApplication app = builder.Build();
app.UseRouting();
app.MapDoh();
return await app.RunAsync(options.Listen, certificate, engine.Sources);
