using System.Text.Json;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Entries;
using static KubeDoH.Tests.Api.Entries.TransferHost;

namespace KubeDoH.Tests.Api.Entries;

/// <summary>What <c>/api/v1/entry-exports</c> writes, and that it comes in again as it was.</summary>
public sealed class ExportTests : IAsyncLifetime
{
    private EntryHost _host = null!;
    private EntryHost _other = null!;

    public async ValueTask InitializeAsync() => (_host, _other) = (await EntryHost.StartAsync(), await EntryHost.StartAsync());

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task Forms_say_what_they_can_hold_and_name_what_they_leave_out()
    {
        await PutAsync("a.example/A", """{"ttl":5,"records":["192.0.2.1"]}""");
        await PutAsync("b.example/A", """{"records":["192.0.2.1"],"autoPtr":false}""");
        await PutAsync("c.example/A", """{"records":["192.0.2.1","192.0.2.2"]}""");
        await PutAsync("*.d.example/A", """{"records":["192.0.2.4"]}""");
        await PutAsync("e.example/A", """{"records":["192.0.2.5"],"namespaces":["shop"]}""");
        await PutAsync("f.example/TXT", """{"records":["\"a;b\""],"enabled":false}""");
        await PutAsync("g%5C035.example/AAAA", """{"records":["2001:db8::1"]}""");

        TransferReply zone = await _host.ExportAsync("format=zone"), hosts = await _host.ExportAsync("format=hosts");

        Assert.Equal("text/dns; charset=utf-8", zone.MediaType);
        Assert.Equal(
            """
            ; entries of KubeDoH at revision 7, 2026-11-23T09:00:00Z
            a.example. 5 IN A 192.0.2.1
            b.example. 60 IN A 192.0.2.1
            c.example. 60 IN A 192.0.2.1
            c.example. 60 IN A 192.0.2.2
            *.d.example. 60 IN A 192.0.2.4
            ; left out, only for shop: e.example. A
            ; left out, disabled: f.example. TXT
            g#.example. 60 IN AAAA 2001:db8::1

            """, zone.Body);
        Assert.Equal("text/plain; charset=utf-8", hosts.MediaType);
        Assert.Equal(
            """
            # entries of KubeDoH at revision 7, 2026-11-23T09:00:00Z
            # left out, a wildcard: *.d.example. A
            # left out, only for shop: e.example. A
            # left out, disabled: f.example. TXT
            # left out, a name that no hosts file holds: g#.example. AAAA
            192.0.2.1 a.example b.example
            192.0.2.1 c.example
            192.0.2.2 c.example

            """, hosts.Body);
    }

    [Fact]
    public async Task Filters_choose_by_suffix_and_source_and_a_zone_gets_what_it_needs_to_be_loaded()
    {
        await PutAsync("a.example/A", """{"records":["192.0.2.1"]}""");
        await PutAsync("a.other/A", """{"records":["192.0.2.1"]}""");
        await _host.ImportAsync(HostsFile, "source=office", "192.0.2.2 b.example");

        TransferReply zone = await _host.ExportAsync("format=zone&suffix=example&source=office");
        TransferReply json = await _host.ExportAsync("suffix=example");

        Assert.Equal(
            ["example. 60 IN SOA localhost. nobody.invalid. 3 3600 "
                + "600 86400 30", "example. 60 IN NS localhost.", "b.example. 60 IN A 192.0.2.2"],
            zone.Body.TrimEnd().Split('\n').Skip(1));
        Assert.Equal(
            ["a.example.", "b.example."], json.Json.GetProperty("entries").EnumerateArray().Select(e => e.GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("format=xml")]
    [InlineData("format=1")]
    [InlineData("suffix=a..b")]
    [InlineData("source=a%20b")]
    [InlineData("sufix=a")]
    public async Task Parameter_that_makes_no_sense_is_refused(string query)
    {
        TransferReply reply = await _host.ExportAsync(query);

        Assert.Equal((400, "bad-parameter"), (reply.Status, reply.Problem));
    }

    [Fact]
    public async Task Head_is_answered_without_a_body()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, "/api/v1/entry-exports?format=zone");
        using HttpResponseMessage response = await _host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal((200, "text/dns; charset=utf-8"), ((int)response.StatusCode, response.Content.Headers.ContentType!.ToString()));
        Assert.Equal("entries.zone", response.Content.Headers.ContentDisposition!.FileName!.Trim('"'));
    }

    [Fact]
    public async Task Expired_entries_are_not_exported()
    {
        await PutAsync("a.example/A", """{"records":["192.0.2.1"],"expiresAt":"2026-11-23T09:01:00Z"}""");
        _host.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(0, (await _host.ExportAsync("")).Json.GetProperty("entries").GetArrayLength());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Json_restores_every_entry_as_it_was(int seed)
    {
        await ImportAsync(_host, new RandomEntries(new Random(seed)).Make(300));
        await _host.SendAsync("DELETE", "/b.example");
        await PutAsync("last.example/A", """{"records":["192.0.2.1"]}""");
        TransferReply export = await _host.ExportAsync("");
        int count = export.Json.GetProperty("entries").GetArrayLength();

        TransferReply dry = await _other.ImportAsync(JsonText, "mode=restore&dryRun=true", export.Body);
        TransferReply restored = await _other.ImportAsync(JsonText, "mode=restore", export.Body);
        TransferReply again = await _other.ExportAsync("");
        TransferReply twice = await _other.ImportAsync(JsonText, "mode=restore", export.Body);
        Reply next = await _other.SendAsync("PUT", "/next.example/A", """{"records":["192.0.2.1"]}""");

        Assert.Equal(($"{count} 0 0 0 0", $"{count} 0 0 0 0", $"0 0 0 {count} 0"), (dry.Counts, restored.Counts, twice.Counts));
        Assert.Equal(export.Json.GetProperty("entries").GetRawText(), again.Json.GetProperty("entries").GetRawText());
        long last = export.Json.GetProperty("revision").GetInt64();
        Assert.Equal((last + 1, last + 2), (again.Json.GetProperty("revision").GetInt64(), next.Json.GetProperty("revision").GetInt64()));
    }

    [Fact]
    public async Task Restore_is_refused_where_revisions_would_go_back()
    {
        await PutAsync("a.example/A", """{"records":["192.0.2.1"]}""");
        TransferReply export = await _host.ExportAsync("");
        await _other.SendAsync("PUT", "/b.example/A", """{"records":["192.0.2.1"]}""");

        TransferReply refused = await _other.ImportAsync(JsonText, "mode=restore", export.Body);
        TransferReply merged = await _other.ImportAsync(JsonText, "", export.Body);

        Assert.Equal((409, "revision-taken"), (refused.Status, refused.Problem));
        Assert.Equal(
            "/revision: a.example. A has the revision 1, and the store is at 1 already: revisions never come back.", refused.Detail);
        Assert.Equal("1 0 0 0 0", merged.Counts);
    }

    [Theory]
    [InlineData(
        """[{"name":"a.example","type":"A","records":["192.0.2.1"]}]""",
        "line 1: a restore needs the revision, createdAt and updatedAt of an export")]
    [InlineData("""{"entries":[{"name":"a.example","type":"A","records":["x"],"revision":1,"createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-01T00:00:00Z"}]}""", "line 1: a.example. A: the address must be an IPv4 address")]
    public async Task Restore_happens_whole_or_not_at_all(string text, string error)
    {
        TransferReply reply = await _host.ImportAsync(JsonText, "mode=restore", text);

        Assert.Equal((422, "import-refused"), (reply.Status, reply.Problem));
        Assert.Equal([error], reply.Errors);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Json_merges_into_another_store_with_revisions_of_its_own(int seed)
    {
        await ImportAsync(_host, new RandomEntries(new Random(seed)).Make(200));
        await _other.SendAsync("PUT", "/b.example/A", """{"records":["192.0.2.1"]}""");
        await _other.SendAsync("DELETE", "/b.example");
        TransferReply export = await _host.ExportAsync("");

        TransferReply merged = await _other.ImportAsync(JsonText, "override=true", export.Body);

        Assert.Equal("200 0 0 0 0", merged.Counts);
        Assert.Equal(await _host.ShownAsync(), await _other.ShownAsync());
    }

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Zone_file_brings_back_every_record(int seed)
    {
        EntryDraft[] drafts = [.. new RandomEntries(new Random(seed)).Make(300).Select(RandomEntries.ForZone).OfType<EntryDraft>()];
        await ImportAsync(_host, drafts);
        TransferReply export = await _host.ExportAsync("format=zone");

        TransferReply reply = await _other.ImportAsync(ZoneFile, "source=import&strict=true&override=true", export.Body);

        Assert.Equal($"{drafts.Length} 0 0 0 0", reply.Counts);
        Assert.Equal(await _host.ShownAsync(), await _other.ShownAsync());
    }

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    public async Task Hosts_file_brings_back_every_address_and_its_pointers(int seed)
    {
        var entries = new RandomEntries(new Random(seed));
        string hosts = string.Join('\n', Enumerable.Range(0, 200).SelectMany(i =>
            entries.ForHosts($"n{i}.example", i % 3 == 0 ? RecordType.AAAA : RecordType.A).Records!.Select(
                address => $"{address} n{i}.example alias{i % 50}.example")));
        TransferReply first = await _host.ImportAsync(HostsFile, "strict=true", hosts);
        TransferReply export = await _host.ExportAsync("format=hosts");

        await _other.ImportAsync(HostsFile, "strict=true", export.Body);

        Assert.Equal(200, first.Status);
        Assert.Equal(await _host.ShownAsync(), await _other.ShownAsync());
        Assert.Equal(Pointers(await _host.ExportAsync("")), Pointers(await _other.ExportAsync("")));
    }

    private static IEnumerable<string> Pointers(TransferReply export) => export.Json.GetProperty("entries").EnumerateArray()
        .Select(e => $"{e.GetProperty("name")} {e.GetProperty("type")} {e.GetProperty("autoPtr")}");

    private Task PutAsync(string path, string body) => PutAsync(_host, path, body);

    private static async Task PutAsync(EntryHost host, string path, string body)
    {
        Reply reply = await host.SendAsync("PUT", "/" + path, body);
        Assert.True(reply.Status is 200 or 201, reply.Body);
    }

    /// <summary>Brings drafts in one request, each with its own source.</summary>
    private static async Task ImportAsync(EntryHost host, IReadOnlyList<EntryDraft> drafts)
    {
        var rules = new EntryRules(null, EntryTestData.Clock());
        IEnumerable<string> entries = drafts.Select(draft =>
            JsonSerializer.Serialize(
                KubeDoH.Api.Entries.EntryDocument.Of(rules.TryAccept(draft, false, out _)!),
                KubeDoH.Api.Hosting.ApiJsonContext.Default.EntryDocument));
        TransferReply reply = await host.ImportAsync(JsonText, "strict=true&override=true", $"[{string.Join(",\n", entries)}]");
        Assert.True(reply.Status == 200, reply.Body);
    }
}
