using System.Collections;
using KubeDoH.Api.Entries;
using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Api.Hosting.Logging;
using KubeDoH.Engine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KubeDoH.Tests.Api;

/// <summary>
/// An application on a Kestrel of its own, at a port of loopback that the system gives, and quiet: what a test maps is all there is.
/// </summary>
internal static class LoopbackApp
{
    private static readonly Logs Silent = new(
        new LogOptions { Levels = new Dictionary<string, LogLevel> { ["Default"] = LogLevel.None } }, TimeProvider.System);

    public static WebApplicationBuilder CreateBuilder()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder;
    }

    /// <summary>What the endpoints want of a whole program: its engine, and how it is run.</summary>
    public static IServiceCollection AddProgram(
        this IServiceCollection services, EngineServices engine, ManagementOptions? management = null, AppOptions? options = null)
    {
        var live = new LiveConfiguration(options ?? new AppOptions(), TimeProvider.System);
        var settings = new Settings(CommandLine.Read([]), new Hashtable(), AppContext.BaseDirectory);
        return services
            .AddEngine(engine)
            .AddEntries(management ?? new ManagementOptions())
            .AddOperation(settings, live, Silent, null)
            .AddSingleton<IReadOnlyList<ServedListener>>([]);
    }
}
