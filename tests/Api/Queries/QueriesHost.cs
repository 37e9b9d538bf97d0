using System.Net;
using System.Text.Json;
using KubeDoH.Api.Doh;
using KubeDoH.Api.Hosting;
using KubeDoH.Api.Queries;
using KubeDoH.Engine;
using KubeDoH.Engine.Listeners;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Api.Access;
using KubeDoH.Tests.Entries;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Api.Queries;

/// <summary>
/// The paths that answer names and those that show them, on a Kestrel of their own over a whole engine; time stands still.
/// </summary>
internal sealed class QueriesHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly EngineServices _engine;

    private QueriesHost(WebApplication app, EngineServices engine, FakeTimeProvider time)
    {
        (_app, _engine, Time) = (app, engine, time);
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromMinutes(2) };
    }

    public HttpClient Client { get; }

    public FakeTimeProvider Time { get; }

    public QueryWatch Watch => _app.Services.GetRequiredService<QueryWatch>();

    /// <param name="management">Who may; without it, anybody.</param>
    public static async Task<QueriesHost> StartAsync(QueriesOptions? queries = null, ManagementOptions? management = null)
    {
        EngineServices engine = TestEngine.Create();
        WebApplicationBuilder builder = LoopbackApp.CreateBuilder();
        FakeTimeProvider time = EntryTestData.Clock();
        builder.Services.AddProgram(engine)
            .AddSingleton<TimeProvider>(time)
            .AddSingleton(new QueryWatch(queries ?? new QueriesOptions(), time));
        WebApplication app = builder.Build();
        if (management is not null) app.Use(TestAccess.Security(management, time).InvokeAsync);
        app.MapDoh();
        app.MapQueries();
        await app.StartAsync();
        return new QueriesHost(app, engine, time);
    }

    /// <summary>Asks for the JSON shape.</summary>
    public async Task AskAsync(string name, string more = "")
    {
        using HttpResponseMessage reply = await Client.GetAsync($"/resolve?name={name}{more}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }

    public async Task<(int Status, JsonElement Json)> GetAsync(string path)
    {
        using HttpResponseMessage reply = await Client.GetAsync(
            path, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        return ((int)reply.StatusCode, JsonDocument.Parse(
            await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement);
    }

    /// <summary>What a listener of classic DNS tells of.</summary>
    public ReplyReport Classic(string server, string proto) => _app.Services.GetRequiredService<QueryReport>().OfListener(server, proto);

    public async Task<QueryReader> FollowAsync(string filter = "")
    {
        HttpResponseMessage reply = await Client.GetAsync(
            $"/api/v1/queries{filter}", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal((200, "text/event-stream"), ((int)reply.StatusCode, reply.Content.Headers.ContentType?.ToString()));
        return new QueryReader(reply, await reply.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), Time);
    }

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        await _engine.DisposeAsync();
    }
}

/// <summary>Reads the events, and moves the time on while it waits.</summary>
internal sealed class QueryReader(HttpResponseMessage reply, Stream body, FakeTimeProvider time) : IDisposable
{
    private readonly StreamReader _lines = new(body);

    /// <summary>The next event's name and data, or <c>:</c> for a sign of life; null at the end.</summary>
    public async Task<(string Event, JsonElement Data)?> NextAsync(bool life = false)
    {
        string? name = null;
        while (await ReadLineAsync() is { } line)
        {
            if (line.StartsWith(':') && life) return (":", default);
            if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
            if (line.StartsWith("data: ", StringComparison.Ordinal)) return (name!, JsonDocument.Parse(line[6..]).RootElement);
        }

        return null;
    }

    /// <summary>The names of the next so many questions.</summary>
    public async Task<string[]> NamesAsync(int count)
    {
        var names = new string[count];
        for (int i = 0; i < count; i++) names[i] = (await NextAsync())?.Data.GetProperty("name").GetString() ?? "end";
        return names;
    }

    public void Dispose()
    {
        _lines.Dispose();
        reply.Dispose();
    }

    private async Task<string?> ReadLineAsync()
    {
        Task<string?> line = _lines.ReadLineAsync(TestContext.Current.CancellationToken).AsTask();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!line.IsCompleted)
        {
            patience.Token.ThrowIfCancellationRequested();
            time.Advance(QueryStream.Pace);
            await Task.Yield();
        }

        return await line;
    }
}
