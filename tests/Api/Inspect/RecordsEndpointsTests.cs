using System.Text.Json;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Api.Inspect;

/// <summary>What <c>GET /api/v1/records</c> tells, and how its pages are turned.</summary>
public sealed class RecordsEndpointsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Service_is_shown_with_the_object_it_comes_from()
    {
        await using InspectHost host = await InspectHost.StartAsync();

        InspectReply reply = await host.GetAsync("/api/v1/records?name=secco.dns-playground.svc.cluster.local&type=A");

        Assert.Equal(
            """
            {"rrsets":[{"name":"secco.dns-playground.svc.cluster.local.","type":"A","ttl":30,"records":["10.101.195.184"],"source":"cluster","namespaces":[],"origins":[{"kind":"Service","namespace":"dns-playground","name":"secco"}]}]}
            """,
            reply.Body);
        Assert.Null(reply.Link);
    }

    [Fact]
    public async Task Hosts_name_is_shown_with_its_lines()
    {
        string path = _folder.Write("hosts", "192.0.2.1 a.example\n\n192.0.2.2 b.example a.example\n");
        await using InspectHost host = await InspectHost.StartAsync(options => options.Hosts.Files = [path]);

        JsonElement[] rrsets = await ListAsync(host, "source=hosts&suffix=example");

        Assert.Equal(["a.example. A 192.0.2.1 192.0.2.2", "b.example. A 192.0.2.2"], rrsets.Select(Write));
        Assert.Equal([1, 3], rrsets[0].GetProperty("origins").EnumerateArray().Select(origin => origin.GetProperty("line").GetInt32()));
        Assert.All(rrsets[0].GetProperty("origins").EnumerateArray(), origin => Assert.Equal(path, origin.GetProperty("file").GetString()));
        Assert.Equal(
            ["1.2.0.192.in-addr.arpa. PTR a.example.", "2.2.0.192.in-addr.arpa. PTR b.example."],
            (await ListAsync(host, "source=hosts&suffix=arpa")).Select(Write));
    }

    [Fact]
    public async Task Entries_are_shown_with_their_revision_and_who_sees_them()
    {
        await using InspectHost host = await InspectHost.StartAsync();
        await host.PutAsync("db.corp.example", "A", """{ "records": ["10.0.0.5"], "namespaces": ["shop", "blog"] }""");
        await host.PutAsync("off.corp.example", "A", """{ "records": ["10.0.0.6"], "enabled": false }""");

        JsonElement[] rrsets = await ListAsync(host, "source=entries");

        Assert.Equal(
            ["5.0.0.10.in-addr.arpa. PTR db.corp.example. [blog]", "5.0.0.10.in-addr.arpa. PTR db.corp.example. [shop]",
                "db.corp.example. A 10.0.0.5 [blog shop]"],
            rrsets.Select(WriteScoped));
        JsonElement origin = rrsets[2].GetProperty("origins")[0];
        Assert.Equal(
            ("Entry", "db.corp.example.", "A", 1),
            (origin.GetProperty("kind").GetString(), origin.GetProperty("name").GetString(), origin.GetProperty("type").GetString(),
                origin.GetProperty("revision").GetInt32()));
    }

    [Theory]
    [InlineData("namespace=shop", "5.0.0.10.in-addr.arpa. PTR db.corp.example.|db.corp.example. A 10.0.0.5")]
    [InlineData("namespace=nowhere", "")]
    [InlineData("name=DB.corp.example.", "db.corp.example. A 10.0.0.5")]
    [InlineData("name=db.corp.example&suffix=svc.cluster.local", "")]
    [InlineData("name=db.corp.example&suffix=corp.example", "db.corp.example. A 10.0.0.5")]
    [InlineData("suffix=corp.example&type=TXT", "t.corp.example. TXT \"Hello\"")]
    [InlineData("suffix=corp.example&q=hELLo", "t.corp.example. TXT \"Hello\"")]
    [InlineData("source=forward", "")]
    [InlineData("source=hostAliases", "")]
    [InlineData("source=cluster&namespace=dns-playground&type=SRV&q=10.0.0.5", "")]
    [InlineData(
        "source=special&suffix=localhost", "localhost. A 127.0.0.1|localhost. AAAA ::1|*.localhost. A 127.0.0.1|*.localhost. AAAA ::1")]
    public async Task Filters_add_up(string query, string expected)
    {
        await using InspectHost host = await InspectHost.StartAsync();
        await host.PutAsync("db.corp.example", "A", """{ "records": ["10.0.0.5"], "namespaces": ["shop"] }""");
        await host.PutAsync("t.corp.example", "TXT", """{ "records": ["Hello"] }""");

        Assert.Equal(expected, string.Join('|', (await ListAsync(host, query)).Select(Write)));
    }

    [Theory]
    [InlineData("", 7)]
    [InlineData("source=cluster", 1)]
    [InlineData("source=cluster&namespace=dns-playground", 3)]
    [InlineData("suffix=svc.cluster.local&type=A", 2)]
    [InlineData("source=special&q=arpa", 50)]
    public async Task Pages_hold_together_what_one_page_holds(string query, int limit)
    {
        await using InspectHost host = await InspectHost.StartAsync();
        await host.PutAsync("db.corp.example", "A", """{ "records": ["10.0.0.5"], "namespaces": ["shop", "blog"] }""");
        await host.PutAsync("db.corp.example", "TXT", """{ "records": ["a"] }""");
        JsonElement[] whole = await ListAsync(host, $"{query}&limit=1000");
        Assert.True(whole.Length > limit, $"{whole.Length} RRsets");

        var turned = new List<string>();
        string? path = $"/api/v1/records?{query}&limit={limit}";
        while (path is not null)
        {
            InspectReply page = await host.GetAsync(path);
            string[] rrsets = [.. page.Json.GetProperty("rrsets").EnumerateArray().Select(rrset => rrset.GetRawText())];
            Assert.True(rrsets.Length <= limit, $"{rrsets.Length} RRsets");
            turned.AddRange(rrsets);
            path = page.Link is { } link ? link[1..link.IndexOf('>', StringComparison.Ordinal)] : null;
            Assert.Equal(path is not null, page.Json.TryGetProperty("next", out _));
        }

        Assert.Equal(whole.Select(rrset => rrset.GetRawText()), turned);
    }

    private static async Task<JsonElement[]> ListAsync(InspectHost host, string query)
    {
        InspectReply reply = await host.GetAsync($"/api/v1/records?{query}");
        Assert.True(reply.Status == 200, reply.Body);
        return [.. reply.Json.GetProperty("rrsets").EnumerateArray()];
    }

    private static string Write(JsonElement rrset) =>
        $"{rrset.GetProperty("name")} {rrset.GetProperty("type")} {string.Join(' ', rrset.GetProperty("records").EnumerateArray())}";

    private static string WriteScoped(JsonElement rrset) =>
        $"{Write(rrset)} [{string.Join(' ', rrset.GetProperty("namespaces").EnumerateArray())}]";
}
