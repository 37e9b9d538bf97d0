using System.Text.Json;
using KubeDoH.Engine.Wire;
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
    public async Task Upstream_tells_what_went_wrong_and_what_is_on_its_way()
    {
        await using FakeUpstream broken = FakeUpstream.Start(), good = FakeUpstream.Start();
        broken.Always(FakeFault.Garbage);
        await using InspectHost host = await InspectHost.StartAsync(
            options => options.Forward.Servers = [$"tcp://{broken.Address}", good.Address]);
        foreach (string type in (string[])["A", "AAAA", "CAA"]) await host.GetAsync($"/resolve?name=www.example.com&type={type}");
        good.Always(FakeFault.Hold);
        Task<InspectReply> held = host.GetAsync("/resolve?name=alias.example.com");
        while ((await good.NextAsync(TestContext.Current.CancellationToken)).Name.ToString() != "alias.example.com.")
        {
        }

        JsonElement[] upstreams = [.. (await host.GetAsync("/api/v1/upstreams")).Json.GetProperty("upstreams").EnumerateArray()];
        good.Release();
        await held;

        Assert.Equal(("tcp", "down", 3), (upstreams[0].GetProperty("transport").GetString(), upstreams[0].GetProperty("state").GetString(),
            upstreams[0].GetProperty("counts").GetProperty("malformed").GetInt32()));
        Assert.Equal("malformed reply", upstreams[0].GetProperty("lastError").GetProperty("text").GetString());
        Assert.True(upstreams[0].GetProperty("downUntil").GetDateTimeOffset() > DateTimeOffset.UtcNow.AddMinutes(-1));
        Assert.Equal(1, upstreams[1].GetProperty("inFlight").GetInt32());
    }

    /// <summary>A zone's keys, signatures and proofs of absence, as a zone file has them (RFC 4034 2.2, 3.2, 4.2, RFC 5155 3.3).</summary>
    [Theory]
    [InlineData("DNSKEY", "257 3 13 AQIDBA==")]
    [InlineData("DS", "12345 13 2 AABBCCDD")]
    [InlineData("RRSIG", "A 13 2 300 20270101000000 20261101000000 12345 signed.example. AQIDBA==")]
    [InlineData("NSEC", "b.signed.example. A MX RRSIG NSEC TYPE1234")]
    [InlineData("NSEC3", "1 1 12 AABBCCDD 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR NS SOA RRSIG DNSKEY NSEC3PARAM")]
    [InlineData("NSEC3PARAM", "1 0 12 AABBCCDD")]
    public async Task Dnssec_record_is_shown_as_text_in_json(string type, string data)
    {
        await using FakeUpstream upstream = FakeUpstream.Start(recordedZone: false);
        upstream.Add("signed.example", 300, type, data);
        await using InspectHost host = await StartAsync(upstream);

        JsonElement reply = (await host.GetAsync(
            $"/dns-query?name=signed.example&type={type}&do=1", ("Accept", "application/dns-json"))).Json;

        Assert.Equal(data, reply.GetProperty("Answer")[0].GetProperty("data").GetString());
        Assert.True(Assert.Single(upstream.Seen).DnssecOk);
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("0", false)]
    public async Task Proofs_and_signatures_come_to_who_asks_for_them(string @do, bool signed)
    {
        await using FakeUpstream upstream = FakeUpstream.Start(recordedZone: false);
        const string Signature = " 13 2 300 20270101000000 20261101000000 12345 signed.example. AQIDBA==";
        const string Proof = "1 0 0 - 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR NS SOA RRSIG DNSKEY NSEC3PARAM";
        upstream.Script("gone.signed.example", RecordType.A, new FakeReply
        {
            Rcode = Rcode.NxDomain,
            Authority =
            [
                FakeRecord.Of("signed.example", 300, "SOA", "ns.signed.example. admin.signed.example. 1 2 3 4 300"),
                FakeRecord.Of("signed.example", 300, "RRSIG", "SOA" + Signature),
                FakeRecord.Of("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.signed.example", 300, "NSEC3", Proof),
                FakeRecord.Of("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.signed.example", 300, "RRSIG", "NSEC3" + Signature),
                FakeRecord.Of("a.signed.example", 300, "NSEC", "b.signed.example. A RRSIG NSEC"),
            ],
        });
        await using InspectHost host = await StartAsync(upstream);

        JsonElement reply = (await host.GetAsync(
            $"/dns-query?name=gone.signed.example&do={@do}&cd=1", ("Accept", "application/dns-json"))).Json;

        string[] data = [.. reply.GetProperty("Authority")
            .EnumerateArray().Select(record => record.GetProperty("data").GetString()!).Skip(1)];
        Assert.Equal(signed, data.Contains(Proof));
        if (signed) Assert.Equal(["SOA" + Signature, Proof, "NSEC3" + Signature, "b.signed.example. A RRSIG NSEC"], data);
        Assert.Equal((3, true), (reply.GetProperty("Status").GetInt32(), reply.GetProperty("CD").GetBoolean()));
        Assert.True(Assert.Single(upstream.Seen).CheckingDisabled);
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
            kept.GetProperty("records").EnumerateArray()
                .Select(r => $"{r.GetProperty("name")} {r.GetProperty("type")} {r.GetProperty("data")}"));
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
            ("a.example", "A", "192.0.2.1"), ("a.example", "AAAA", "2001:db8::1"), ("b.a.example", "A", "192.0.2.2"),
            ("x/y.example", "A", "192.0.2.3"),
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
