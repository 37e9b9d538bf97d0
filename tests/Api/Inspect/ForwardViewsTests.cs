using System.Text.Json;
using KubeDoH.Tests.Fakes;

namespace KubeDoH.Tests.Api.Inspect;

/// <summary>What is told of upstreams and of the cache, and how the cache forgets.</summary>
public sealed class ForwardViewsTests
{
    [Fact]
    public async Task Upstream_tells_what_it_was_asked()
    {
        await using FakeUpstream upstream = FakeUpstream.Start(recordedZone: false);
        upstream.Add("www.example.com", 300, "A", "192.0.2.80");
        await using InspectHost host = await StartAsync(upstream);
        JsonElement before = await UpstreamAsync(host);

        await AskAsync(host, "www.example.com", "A");
        JsonElement after = await UpstreamAsync(host);

        Assert.False(before.TryGetProperty("rtt", out _));
        Assert.Equal(upstream.Address, after.GetProperty("address").GetString());
        Assert.Equal(("udp", "healthy", 0), (after.GetProperty("transport").GetString(), after.GetProperty("state").GetString(),
            after.GetProperty("inFlight").GetInt32()));
        Assert.Equal(["."], after.GetProperty("rules").EnumerateArray().Select(rule => rule.GetString()));
        Assert.Equal(1, after.GetProperty("counts").GetProperty("answered").GetInt64());
        Assert.True(after.GetProperty("rtt").GetProperty("p99").GetDouble() > 0);
    }

    [Fact]
    public async Task Cache_shows_what_it_keeps_and_how_often_it_served()
    {
        await using FakeUpstream upstream = FakeUpstream.Start(recordedZone: false);
        upstream.Add("www.example.com", 300, "CNAME", "web.example.net");
        upstream.Add("web.example.net", 200, "A", "192.0.2.80");
        await using InspectHost host = await StartAsync(upstream);
        for (int i = 0; i < 3; i++) await AskAsync(host, "www.example.com", "A");

        JsonElement cache = (await host.GetAsync("/api/v1/cache?name=www.example.com")).Json;
        JsonElement kept = cache.GetProperty("answers")[0];

        Assert.Equal(("www.example.com.", "A", "NOERROR", 2), (kept.GetProperty("name").GetString(), kept.GetProperty("type").GetString(),
            kept.GetProperty("rcode").GetString(), kept.GetProperty("hits").GetInt32()));
        Assert.Equal(
            ["www.example.com. CNAME web.example.net.", "web.example.net. A 192.0.2.80"],
            kept.GetProperty("records").EnumerateArray().Select(r => $"{r.GetProperty("name")} {r.GetProperty("type")} {r.GetProperty("data")}"));
        Assert.Equal((1, 2, false), (cache.GetProperty("totals").GetProperty("entries").GetInt32(),
            cache.GetProperty("totals").GetProperty("hits").GetInt32(), cache.GetProperty("more").GetBoolean()));
    }

    [Theory]
    [InlineData("", "a.example A|a.example AAAA|b.a.example A|x/y.example A", false)]
    [InlineData("limit=2", "a.example A|a.example AAAA", true)]
    [InlineData("limit=4", "a.example A|a.example AAAA|b.a.example A|x/y.example A", false)]
    [InlineData("name=A.example.", "a.example A|a.example AAAA", false)]
    [InlineData("suffix=a.example", "a.example A|a.example AAAA|b.a.example A", false)]
    [InlineData("suffix=a.example&name=b.a.example", "b.a.example A", false)]
    [InlineData("suffix=b.a.example&name=a.example", "", false)]
    public async Task Cache_is_looked_through_by_name(string query, string expected, bool more)
    {
        await using FakeUpstream upstream = FakeUpstream.Start(recordedZone: false);
        await using InspectHost host = await FillAsync(upstream);

        JsonElement cache = (await host.GetAsync($"/api/v1/cache?{query}")).Json;

        Assert.Equal((expected, more), (Write(cache), cache.GetProperty("more").GetBoolean()));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("/a.example", "b.a.example A|x/y.example A")]
    [InlineData("/A.Example.", "b.a.example A|x/y.example A")]
    [InlineData("/a.example/aaaa", "a.example A|b.a.example A|x/y.example A")]
    [InlineData("/a.example/ANY", "b.a.example A|x/y.example A")]
    [InlineData("/x%2Fy.example", "a.example A|a.example AAAA|b.a.example A")]
    [InlineData("/nothing.example", "a.example A|a.example AAAA|b.a.example A|x/y.example A")]
    public async Task Cache_forgets_what_is_named(string path, string left)
    {
        await using FakeUpstream upstream = FakeUpstream.Start(recordedZone: false);
        await using InspectHost host = await FillAsync(upstream);

        InspectReply reply = await host.SendAsync("DELETE", $"/api/v1/cache{path}");

        Assert.Equal((204, ""), (reply.Status, reply.Body));
        Assert.Equal(left, Write((await host.GetAsync("/api/v1/cache")).Json));
    }

    [Theory]
    [InlineData("/a..b", "bad-name")]
    [InlineData("/a..b/A", "bad-name")]
    [InlineData("/a.example/ADDRESS", "bad-name")]
    [InlineData("/a.example?type=A", "bad-parameter")]
    [InlineData("?name=a.example", "bad-parameter")]
    public async Task Cache_forgets_nothing_on_a_bad_request(string path, string problem)
    {
        await using FakeUpstream upstream = FakeUpstream.Start(recordedZone: false);
        await using InspectHost host = await FillAsync(upstream);

        InspectReply reply = await host.SendAsync("DELETE", $"/api/v1/cache{path}");

        Assert.Equal((400, problem), (reply.Status, reply.Problem));
        Assert.Equal("a.example A|a.example AAAA|b.a.example A|x/y.example A", Write((await host.GetAsync("/api/v1/cache")).Json));
    }

    private static Task<InspectHost> StartAsync(FakeUpstream upstream) =>
        InspectHost.StartAsync(options => options.Forward.Servers = [upstream.Address]);

    private static async Task<InspectHost> FillAsync(FakeUpstream upstream)
    {
        (string Name, string Type, string Data)[] kept =
        [
            ("a.example", "A", "192.0.2.1"), ("a.example", "AAAA", "2001:db8::1"), ("b.a.example", "A", "192.0.2.2"), ("x/y.example", "A", "192.0.2.3"),
        ];
        InspectHost host = await StartAsync(upstream);
        foreach ((string name, string type, string data) in kept)
        {
            upstream.Add(name, 300, type, data);
            await AskAsync(host, Uri.EscapeDataString(name), type);
        }

        return host;
    }

    private static async Task AskAsync(InspectHost host, string name, string type)
    {
        InspectReply reply = await host.GetAsync($"/resolve?name={name}&type={type}");
        Assert.True(reply.Json.TryGetProperty("Answer", out _), reply.Body);
    }

    private static async Task<JsonElement> UpstreamAsync(InspectHost host) =>
        (await host.GetAsync("/api/v1/upstreams")).Json.GetProperty("upstreams").EnumerateArray().Single();

    private static string Write(JsonElement cache) => string.Join('|', cache.GetProperty("answers").EnumerateArray()
        .Select(kept => $"{kept.GetProperty("name").GetString()!.TrimEnd('.')} {kept.GetProperty("type")}").Order(StringComparer.Ordinal));
}
