using System.Net.Http.Headers;
using System.Text.Json;
using KubeDoH.Engine;
using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Api.Doh;

namespace KubeDoH.Tests.Forward.Cache;

/// <summary>The DNS paths over the cache, under manual time.</summary>
public sealed class CachingServer : DohServer
{
    internal CacheTesting Cached { get; } = new();

    private protected override IResolver Answering => new SourceChain([new Source(Cached)]);

    private sealed class Source(CacheTesting cached) : IRecordSource
    {
        public string Name => "forward";

        public ValueTask<Answer?> FindAsync(Query query, CancellationToken cancellationToken) =>
            cached.Upstreams.FindAsync(cached.Rule, query, cancellationToken);
    }
}

/// <summary>An answer is as old in every shape over HTTP: in the message, in JSON and in Cache-Control (RFC 8484 5.1).</summary>
public sealed class CacheOverHttpTests(CachingServer server) : IClassFixture<CachingServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_shape_tells_the_same_age()
    {
        server.Cached.Always = _ => CacheTesting.Address("192.0.2.53", 300);
        await GetAsync("name=www.example.com");
        server.Cached.Time.Advance(TimeSpan.FromSeconds(100));

        (CacheControlHeaderValue? control, byte[] body) = await GetAsync("name=www.example.com");
        using var json = JsonDocument.Parse(body);
        Assert.Equal(200, json.RootElement.GetProperty("Answer")[0].GetProperty("TTL").GetInt32());
        Assert.Equal("max-age=200", control?.ToString());

        (control, body) = await GetAsync($"dns={Question()}");
        Assert.Equal("max-age=200", control?.ToString());
        Assert.Equal([0, 0, 0, 200], body[^10..^6]);
    }

    [Fact]
    public async Task Stale_answer_may_be_kept_for_its_thirty_seconds()
    {
        server.Cached.Always = _ => CacheTesting.Address("192.0.2.53", 60, "old.example.com");
        await GetAsync("name=old.example.com");
        server.Cached.Always = _ => CacheTesting.Failure();
        server.Cached.Time.Advance(TimeSpan.FromSeconds(60));
        (CacheControlHeaderValue? control, byte[] body) = await GetAsync("name=old.example.com");
        using var json = JsonDocument.Parse(body);
        Assert.Equal(30, json.RootElement.GetProperty("Answer")[0].GetProperty("TTL").GetInt32());
        Assert.Equal(
            "Response from forward: no upstream answers now; this is what one said before (EDE 3).",
            json.RootElement.GetProperty("Comment").GetString());
        Assert.Equal("max-age=30", control?.ToString());
    }

    [Fact]
    public async Task Kept_failure_is_not_for_others_to_keep()
    {
        server.Cached.Always = _ => CacheTesting.Failure();
        await GetAsync("name=bad.example.com");
        (CacheControlHeaderValue? control, byte[] body) = await GetAsync("name=bad.example.com");
        using var json = JsonDocument.Parse(body);
        Assert.Equal("Response from forward: failed a moment ago: planted (EDE 13).", json.RootElement.GetProperty("Comment").GetString());
        Assert.Equal("no-store", control?.ToString());
    }

    private static string Question()
    {
        byte[] message = [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. DnsName.Parse(CacheTesting.Name).Span, 0, 1, 0, 1];
        return Convert.ToBase64String(message).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }

    private async Task<(CacheControlHeaderValue? Control, byte[] Body)> GetAsync(string query)
    {
        using HttpResponseMessage response = await server.Client("1.1").GetAsync($"/dns-query?{query}", Stop);
        return (response.Headers.CacheControl, await response.Content.ReadAsByteArrayAsync(Stop));
    }
}
