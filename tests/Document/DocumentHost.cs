using KubeDoH.Api.Compare;
using KubeDoH.Api.Doh;
using KubeDoH.Api.Entries;
using KubeDoH.Api.Entries.Transfer;
using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Api.Inspect;
using KubeDoH.Api.Metrics;
using KubeDoH.Api.Queries;
using KubeDoH.Api.Views;
using KubeDoH.Engine;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;
using KubeDoH.Tests.Api.Doh;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace KubeDoH.Tests.Document;

/// <summary>The program's routes over an engine that is never asked: for what Swashbuckle makes of them.</summary>
internal sealed class DocumentHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client;

    private DocumentHost(WebApplication app)
    {
        _app = app;
        _client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    /// <summary>Every route but those of Swashbuckle itself.</summary>
    public IEnumerable<RouteEndpoint> Routes => _app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(route => !route.RoutePattern.RawText!.StartsWith("/swagger/", StringComparison.Ordinal));

    /// <param name="plant">Adds what the program does not have.</param>
    public static async Task<DocumentHost> StartAsync(Action<WebApplication>? plant = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore().AddLogging()
            .AddApiDocument().AddEntries(new ManagementOptions()).AddSingleton(TimeProvider.System).AddCompare();
        builder.Services.AddSingleton<IResolver, ScriptedResolver>().AddSingleton<IClientViews, ScriptedViews>();
        builder.Services.AddSingleton<EngineServices>(_ => throw new NotSupportedException());
        builder.Services.AddSingleton<EntryCatalog>(_ => throw new NotSupportedException());
        builder.Services.AddSingleton<Lameduck>(_ => throw new NotSupportedException());
        builder.Services.AddSingleton<LiveConfiguration>(_ => throw new NotSupportedException());
        builder.Services.AddSingleton<Settings>(_ => throw new NotSupportedException());
        builder.Services.AddSingleton<ProcessMetrics>(_ => throw new NotSupportedException());
        WebApplication app = builder.Build();
        app.UseRouting();
        app.MapAll();
        plant?.Invoke(app);
        await app.StartAsync();
        return new DocumentHost(app);
    }

    public async Task<string> GetAsync(string path) => await _client.GetStringAsync(path);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }
}
