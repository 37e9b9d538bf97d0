using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using KubeDoH.Api.Entries;
using KubeDoH.Api.Entries.Transfer;
using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Api.Access;
using KubeDoH.Tests.Document;
using KubeDoH.Tests.Entries;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Api.Entries;

/// <summary>The endpoints of entries alone, on a Kestrel of their own over a store in memory.</summary>
internal sealed class EntryHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _feeding;

    private EntryHost(
        WebApplication app, HttpClient client, EntryCatalog catalog, EntryView view, FakeTimeProvider time, Task feeding,
        CancellationTokenSource stop)
    {
        _app = app;
        _feeding = feeding;
        _stop = stop;
        Client = client;
        Catalog = catalog;
        View = view;
        Time = time;
    }

    public HttpClient Client { get; }

    /// <summary>All of the entries, whoever asks.</summary>
    public EntryCatalog Catalog { get; }

    public EntryView View { get; }

    public FakeTimeProvider Time { get; }

    public IServiceProvider Services => _app.Services;

    /// <param name="open">Makes the store; without it, one in memory.</param>
    public static async Task<EntryHost> StartAsync(ManagementOptions? management = null, Func<TimeProvider, IEntryStore>? open = null)
    {
        FakeTimeProvider time = EntryTestData.Clock();
        IEntryStore store = open?.Invoke(time) ?? new MemoryEntryStore(time);
        var view = new EntryView(time);
        var feed = new EntryFeed(store, view, time, NullLogger<EntryFeed>.Instance);
        var stop = new CancellationTokenSource();
        Task feeding = feed.RunAsync(stop.Token);
        await feed.Synced;

        WebApplicationBuilder builder = LoopbackApp.CreateBuilder();
        builder.Services.AddEntries(management ?? new ManagementOptions()).AddSingleton<TimeProvider>(time);
        var catalog = new EntryCatalog(store, view, feed, new EntryRules(DnsName.Parse("cluster.local"), time), time);
        builder.Services.AddScoped<RequestCaller>()
            .AddScoped(services => catalog.Within(services.GetRequiredService<RequestCaller>().Bounds));
        WebApplication app = builder.Build();
        app.Use(new ApiErrors(NullLogger<ApiErrors>.Instance).InvokeAsync);
        app.Use(TestAccess.Security(management, time).InvokeAsync);
        app.MapEntries();
        app.MapEntryBatches();
        app.MapEntryEvents();
        app.MapEntryHistory();
        app.MapTransfers();
        await app.StartAsync();
        var client = new HttpClient(new DocumentedReplies()) { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromMinutes(5) };
        return new EntryHost(app, client, catalog, view, time, feeding, stop);
    }

    /// <param name="path">Behind the entries' own, or one that begins with <c>/api/</c>.</param>
    public async Task<Reply> SendAsync(string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        string target = path.StartsWith("/api/", StringComparison.Ordinal) ? path : "/api/v1/entries" + path;
        using var request = new HttpRequestMessage(new HttpMethod(method), target);
        string mediaType = method == "PATCH" ? "application/merge-patch+json" : "application/json";
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, mediaType);
        foreach ((string name, string value) in headers)
        {
            if (name == "Content-Type") request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            else if (name == "Host") request.Headers.Host = value;
            else if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content!.Headers.Add(name, value);
        }

        using HttpResponseMessage response = await Client.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        return new Reply(
            (int)response.StatusCode, text, response.Headers.ETag?.Tag, response.Headers.Location?.OriginalString,
            response.Headers.TryGetValues("Link", out IEnumerable<string>? links) ? links.Single() : null,
            response.Headers.Contains("X-Dry-Run"), response.Headers.WwwAuthenticate.ToString())
        {
            AcceptPatch = response.Headers.TryGetValues("Accept-Patch", out IEnumerable<string>? types) ? types.Single() : null,
        };
    }

    /// <summary>Stops the server as Ctrl-C does.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        await _stop.CancelAsync();
        await _feeding;
        _stop.Dispose();
    }
}

internal sealed record Reply(int Status, string Body, string? Tag, string? Location, string? Link, bool DryRun, string Challenge)
{
    public string? AcceptPatch { get; init; }

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>The last part of the problem's type.</summary>
    public string Problem => Json.GetProperty("type").GetString()!["/problems/".Length..];

    public IEnumerable<string?> Pointers => Json.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("pointer").GetString());
}
