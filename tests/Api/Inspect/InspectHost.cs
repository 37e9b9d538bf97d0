using System.Text;
using System.Text.Json;
using KubeDoH.Api.Compare;
using KubeDoH.Api.Doh;
using KubeDoH.Api.Entries;
using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Api.Inspect;
using KubeDoH.Api.Metrics;
using KubeDoH.Api.Views;
using KubeDoH.Engine;
using KubeDoH.Tests.Api.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDoH.Tests.Api.Inspect;

/// <summary>The operator's views and what they look at, on a Kestrel of their own over a whole engine.</summary>
internal sealed class InspectHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client;

    private InspectHost(WebApplication app, EngineServices engine)
    {
        _app = app;
        Engine = engine;
        _client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public EngineServices Engine { get; }

    /// <param name="configure">Without it: the sample cluster, its hosts file, no upstream, entries in memory.</param>
    public static async Task<InspectHost> StartAsync(
        Action<EngineOptions>? configure = null, ManagementOptions? management = null, string[]? compare = null,
        CompareLimits? limits = null)
    {
        EngineServices engine = TestEngine.Create(options =>
        {
            options.Hosts.Files = [Repository.PathOf("infra/playground/hosts")];
            configure?.Invoke(options);
        });
        WebApplicationBuilder builder = LoopbackApp.CreateBuilder();
        var options = new AppOptions();
        options.Compare.Servers = compare ?? [];
        builder.Services.AddProgram(engine, management, options).AddCompare(limits);
        WebApplication app = builder.Build();
        app.Use(new ApiErrors(NullLogger<ApiErrors>.Instance).InvokeAsync);
        app.Use(TestAccess.Security(management).InvokeAsync);
        app.MapDoh();
        app.MapEntries();
        app.MapInspect();
        app.MapCompare();
        app.MapViews();
        app.MapHealth();
        app.MapMetrics();
        await app.StartAsync();
        return new InspectHost(app, engine);
    }

    public Task<InspectReply> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync("GET", path, headers);

    public Task<InspectReply> PostAsync(string path, string json, string accept, string mediaType = "application/json") =>
        SendAsync("POST", path, new StringContent(json, Encoding.UTF8, mediaType), ("Accept", accept));

    public Task<InspectReply> SendAsync(string method, string path, params (string Name, string Value)[] headers) =>
        SendAsync(method, path, null, headers);

    private async Task<InspectReply> SendAsync(
        string method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        foreach ((string name, string value) in headers)
        {
            if (name == "Host") request.Headers.Host = value;
            else request.Headers.TryAddWithoutValidation(name, value);
        }

        using HttpResponseMessage response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        string body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new InspectReply(
            (int)response.StatusCode, body, response.Content.Headers.ContentType?.MediaType,
            response.Headers.TryGetValues("Link", out IEnumerable<string>? links) ? links.Single() : null,
            string.Join(", ", response.Content.Headers.Allow));
    }

    public async Task PutAsync(string name, string type, string json)
    {
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _client.PutAsync(
            $"/api/v1/entries/{name}/{type}", body, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Engine.DisposeAsync();
    }
}

internal sealed record InspectReply(int Status, string Body, string? MediaType, string? Link, string Allow)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>The last part of the problem's type.</summary>
    public string Problem => Json.GetProperty("type").GetString()!["/problems/".Length..];

    public string Detail => Json.GetProperty("detail").GetString()!;
}
