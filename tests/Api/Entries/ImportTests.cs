using System.Text;
using KubeDoH.Api.Entries.Transfer;
using KubeDoH.Engine.Entries;
using static KubeDoH.Tests.Api.Entries.TransferHost;

namespace KubeDoH.Tests.Api.Entries;

/// <summary>What <c>/api/v1/entry-imports</c> takes, leaves out and refuses, with each of its forms and modes.</summary>
public sealed class ImportTests : IAsyncLifetime
{
    private const string Office = """
        # the office
        192.0.2.1  db.corp.example db
        192.0.2.2  web.corp.example web # with an alias
        2001:db8::1 web.corp.example
        192.0.2.300 typo.corp.example
        192.0.2.4  a..b ok.corp.example

        """;

    private EntryHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await EntryHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Hosts_file_becomes_entries_and_bad_parts_are_named_by_their_lines()
    {
        TransferReply reply = await _host.ImportAsync(HostsFile, "source=hosts-office", Office);

        Assert.Equal((200, "6 0 0 0 2"), (reply.Status, reply.Counts));
        Assert.Equal(["5: '192.0.2.300' is no IPv4 or IPv6 address", "6: 'a..b': the name has an empty label"], reply.Skipped);
        Assert.Equal("created db.corp.example. A", reply.Changes.First());
        Assert.Equal(
            [
                "db. 60 A 192.0.2.1 (hosts-office)", "db.corp.example. 60 A 192.0.2.1 (hosts-office)",
                "ok.corp.example. 60 A 192.0.2.4 (hosts-office)", "web.corp.example. 60 A 192.0.2.2 (hosts-office)",
                "web.corp.example. 60 AAAA 2001:db8::1 (hosts-office)", "web. 60 A 192.0.2.2 (hosts-office)",
            ],
            await _host.ShownAsync());
        Assert.True(await HasPointerAsync("db.corp.example"));
        Assert.False(await HasPointerAsync("db"), "an alias is not what its address leads back to");
    }

    [Fact]
    public async Task Zone_file_becomes_entries_without_what_belongs_to_its_servers()
    {
        TransferReply reply = await _host.ImportAsync(ZoneFile, "source=zone&origin=corp.example", """
            $TTL 300
            @    IN SOA ns1 hostmaster ( 1 1h 600 1w
                     30 )
                 IN NS ns1
            ns1  IN A 192.0.2.53
            www  60 IN A 192.0.2.1
                 30 IN A 192.0.2.2
            bad  IN A 192.0.2.300
            kubernetes.default.svc.cluster.local. A 192.0.2.9
            *.w  IN CNAME www
            w    IN RRSIG \# 0

            """);

        Assert.Equal((200, "3 0 0 0 5"), (reply.Status, reply.Counts));
        Assert.Equal(
            ["ns1.corp.example. 300 A 192.0.2.53 (zone)", "*.w.corp.example. 300 CNAME "
                + "www.corp.example. (zone)", "www.corp.example. 30 A 192.0.2.1 192.0.2.2 (zone)"],
            await _host.ShownAsync());
        Assert.Equal(
            [
                "2: SOA belongs to a zone and its servers, and entries have none",
                "4: NS belongs to a zone and its servers, and entries have none",
                "8: the address must be an IPv4 address",
                "9: kubernetes.default.svc.cluster.local. A: kubernetes.default.svc.cluster.local. would hide names of the cluster zone "
                + "cluster.local.; override=true says that this is meant",
            ],
            reply.Skipped.Take(4));
    }

    [Fact]
    public async Task Json_becomes_entries_from_a_list_or_an_object()
    {
        TransferReply list = await _host.ImportAsync(JsonText, "", """
            [
              {"name":"a.example","type":"A","ttl":5,"records":["192.0.2.1"],"labels":{"team":"data"}},
              {"name":"b.example","type":"TXT","records":["x"],"source":"mine"},
              {"name":"c.example","type":"A","records":["x"]},
              {"name":"d.example","type":"A","records":"192.0.2.1"},
              {"name":"e.example","type":"A","records":["192.0.2.1"],"tll":5},
              {"name":"a.example.","type":"a","records":["192.0.2.2"]},
              {"type":"A"}, {"name":"f.example","type":"NONE"}, null
            ]
            """);
        TransferReply page = await _host.ImportAsync(JsonText, "", (await _host.SendAsync("GET", "")).Body);

        Assert.Equal((200, "2 0 0 0 7"), (list.Status, list.Counts));
        Assert.Equal(
            [
                "4: c.example. A: the address must be an IPv4 address",
                "5: records: what stands there is not of the type that belongs there, or a member stands twice",
                "6: an entry has no member 'tll'", "7: a.example. A stands in line 2 already", "8: name: it has no name",
                "8: type: it must be a record type", "8: an entry cannot be null",
            ],
            list.Skipped);
        Assert.Equal(["a.example. 5 A 192.0.2.1 (import)", "b.example. 60 TXT \"x\" (mine)"], await _host.ShownAsync());
        Assert.Equal((200, "0 0 0 2 0"), (page.Status, page.Counts));
    }

    [Fact]
    public async Task Replacement_deletes_only_what_the_same_source_wrote()
    {
        await PutAsync("hand.example");
        await _host.ImportAsync(HostsFile, "source=other", "192.0.2.9 other.example");
        await _host.ImportAsync(HostsFile, "source=office", "192.0.2.1 a.example\n192.0.2.2 b.example\n192.0.2.3 c.example");

        TransferReply reply = await _host.ImportAsync(HostsFile, "source=office&mode=replace",
            "192.0.2.1 a.example\n192.0.2.22 b.example\n192.0.2.4 d.example\n192.0.2.9 hand.example");

        Assert.Equal("1 1 1 1 1", reply.Counts);
        Assert.Equal(["deleted c.example. A", "changed b.example. A", "created d.example. A"], reply.Changes);
        Assert.Equal(["4: hand.example. A belongs to the source api: a merge would take it over"], reply.Skipped);
        Assert.Equal(
            [
                "a.example. 60 A 192.0.2.1 (office)", "b.example. 60 A 192.0.2.22 (office)", "d.example. 60 A 192.0.2.4 (office)",
                "hand.example. 60 A 192.0.2.77 (api)", "other.example. 60 A 192.0.2.9 (other)",
            ],
            await _host.ShownAsync());
    }

    [Fact]
    public async Task Replacement_spares_names_whose_lines_cannot_be_used()
    {
        await _host.ImportAsync(HostsFile, "source=s", "192.0.2.1 a.example\n192.0.2.2 b.example");

        TransferReply hosts = await _host.ImportAsync(HostsFile, "source=s&mode=replace", "192.0.2.300 a.example\n192.0.2.2 b.example");
        TransferReply zone = await _host.ImportAsync(ZoneFile, "source=s&mode=replace", "a.example. A 192.0.2.1\nb.example. A 192.0.2.300");
        TransferReply json = await _host.ImportAsync(
            JsonText, "source=s&mode=replace", """[{"name":"a.example","type":"A","records":["192.0.2.1"],"no":1}]""");

        Assert.Equal(["0 0 0 1 1", "0 0 0 1 1"], new[] { hosts.Counts, zone.Counts });
        Assert.Equal(["deleted b.example. A"], json.Changes);
        Assert.Equal(["a.example. 60 A 192.0.2.1 (s)"], await _host.ShownAsync());
    }

    [Fact]
    public async Task Merge_takes_over_and_says_from_whom()
    {
        await PutAsync("hand.example");

        TransferReply reply = await _host.ImportAsync(HostsFile, "source=office", "192.0.2.9 hand.example");

        Assert.Equal(["changed hand.example. A from api"], reply.Changes);
        Assert.Equal(["hand.example. 60 A 192.0.2.9 (office)"], await _host.ShownAsync());
    }

    [Fact]
    public async Task Alias_beside_other_types_is_left_out_whichever_comes_first()
    {
        await PutAsync("hand.example");

        TransferReply reply = await _host.ImportAsync(
            ZoneFile, "", "hand.example. CNAME x.\na.example. A 192.0.2.1\na.example. CNAME x.\nb.example. CNAME x.\nb.example. TXT x");

        Assert.Equal("2 0 0 0 3", reply.Counts);
        Assert.Equal([1, 3, 5], reply.Json.GetProperty("skipped").EnumerateArray().Select(s => s.GetProperty("line").GetInt32()));
        Assert.All(reply.Skipped, s => Assert.EndsWith("a CNAME stands alone at its name (RFC 1034 3.6.2)", s, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Replacement_may_turn_an_address_into_an_alias()
    {
        await _host.ImportAsync(ZoneFile, "source=s", "a.example. A 192.0.2.1");

        TransferReply reply = await _host.ImportAsync(ZoneFile, "source=s&mode=replace", "a.example. CNAME b.example.");

        Assert.Equal("1 0 1 0 0", reply.Counts);
    }

    [Theory]
    [InlineData(HostsFile, "192.0.2.1 a.example\n192.0.2.300 b.example", "line 2: '192.0.2.300' is no IPv4 or IPv6 address")]
    [InlineData(ZoneFile, "@ SOA a. b. 1 2 3 4 5\n@ A x", "line 2: the address must be an IPv4 address")]
    [InlineData(
        ZoneFile, "@ SOA a. b. 1 2 3 4 5\n@ CNAME x.\n@ TXT x",
        "line 3: o.example. has CNAME records already, and a CNAME stands alone at its name (RFC 1034 3.6.2)")]
    [InlineData(
        JsonText, """[{"name":"a.example","type":"A","ttl":-1,"records":[]}]""",
        "line 1: a.example. A: the TTL must lie between 0 and 2147483647 seconds; an entry has at least one record")]
    public async Task Strict_import_happens_whole_or_not_at_all(string form, string text, string error)
    {
        TransferReply reply = await _host.ImportAsync(form, form == ZoneFile ? "strict=true&origin=o.example" : "strict=true", text);

        Assert.Equal((422, "import-refused"), (reply.Status, reply.Problem));
        Assert.Equal([error], reply.Errors);
        Assert.Empty(await _host.ShownAsync());
    }

    [Fact]
    public async Task Dry_run_says_the_same_and_stores_nothing()
    {
        TransferReply dry = await _host.ImportAsync(HostsFile, "dryRun=true", Office);
        IReadOnlyList<string> between = await _host.ShownAsync();
        TransferReply done = await _host.ImportAsync(HostsFile, "", Office);

        Assert.Empty(between);
        Assert.Equal((200, true, false), (dry.Status, dry.DryRun, done.DryRun));
        Assert.Equal((dry.Counts, string.Join('\n', dry.Changes), string.Join('\n', dry.Skipped)),
            (done.Counts, string.Join('\n', done.Changes), string.Join('\n', done.Skipped)));
    }

    [Theory]
    [InlineData(HostsFile, "mode=add", "", 400, "bad-parameter")]
    [InlineData(HostsFile, "mode=1", "", 400, "bad-parameter")]
    [InlineData(HostsFile, "mode=replace", "", 400, "bad-parameter")]
    [InlineData(HostsFile, "source=api", "", 400, "bad-parameter")]
    [InlineData(HostsFile, "source=a%20b", "", 400, "bad-parameter")]
    [InlineData(HostsFile, "origin=a.example", "", 400, "bad-parameter")]
    [InlineData(ZoneFile, "origin=a..example", "", 400, "bad-parameter")]
    [InlineData(HostsFile, "mode=restore", "", 400, "bad-parameter")]
    [InlineData(JsonText, "mode=restore&source=x", "[]", 400, "bad-parameter")]
    [InlineData(HostsFile, "dryrun=perhaps", "", 400, "bad-parameter")]
    [InlineData(HostsFile, "dry=true", "", 400, "bad-parameter")]
    [InlineData("application/x-www-form-urlencoded", "", "192.0.2.1 a", 415, "media-type")]
    [InlineData("text/html", "", "192.0.2.1 a", 415, "media-type")]
    [InlineData("text/plain; charset=iso-8859-1", "", "192.0.2.1 a", 415, "media-type")]
    [InlineData(HostsFile, "source=s&mode=replace", " \n ", 422, "import-refused")]
    [InlineData(ZoneFile, "", "$INCLUDE x", 422, "import-refused")]
    [InlineData(ZoneFile, "", "relative A 192.0.2.1", 422, "import-refused")]
    [InlineData(JsonText, "", "[{]", 400, "bad-body")]
    [InlineData(JsonText, "", "[] []", 400, "bad-body")]
    [InlineData(JsonText, "", "7", 400, "bad-body")]
    [InlineData(JsonText, "", "{}", 400, "bad-body")]
    [InlineData(JsonText, "", """{"entries":{}}""", 400, "bad-body")]
    [InlineData(JsonText, "", """{"entries":[],"entries":[]}""", 400, "bad-body")]
    [InlineData(JsonText, "", """{"entries":[],"format":"kubedoh-entries-2"}""", 400, "bad-body")]
    [InlineData(JsonText, "", """{"entries":[],"revision":-1}""", 400, "bad-body")]
    [InlineData(JsonText, "", """{"entries":[],"more":1}""", 400, "bad-body")]
    [InlineData(JsonText, "", """[{"name":"a.example","type":"A","records":["192.0.2.1"]}""", 400, "bad-body")]
    public async Task What_cannot_be_imported_is_refused_and_nothing_is_changed(
        string form, string query, string text, int status, string problem)
    {
        TransferReply reply = await _host.ImportAsync(form, query, text);

        Assert.Equal((status, problem), (reply.Status, reply.Problem));
        Assert.Empty(await _host.ShownAsync());
    }

    [Fact]
    public async Task Text_that_is_not_utf8_is_named_where_it_matters_and_nowhere_else()
    {
        byte[] hosts = [.. Encoding.Latin1.GetBytes("192.0.2.1 a.example # Büro\n192.0.2.2 bücher.example\n")];
        byte[] zone = [.. Encoding.Latin1.GetBytes("a.example. TXT \"Büro\"\nb.example. TXT x ; Büro\n")];

        TransferReply fromHosts = await _host.ImportAsync(HostsFile, "", hosts);
        TransferReply fromZone = await _host.ImportAsync(ZoneFile, "", zone);

        Assert.Equal(("1 0 0 0 1", "1 0 0 0 1"), (fromHosts.Counts, fromZone.Counts));
        Assert.Equal(["1: what stands here is not UTF-8"], fromZone.Skipped);
        Assert.StartsWith("2: ", Assert.Single(fromHosts.Skipped), StringComparison.Ordinal);
    }

    /// <summary>The other forms at this size are measured: <c>tests/bench/run store</c>.</summary>
    [Fact]
    public async Task Condition_is_refused_as_it_is_about_one_entry()
    {
        using var request =
            new HttpRequestMessage(HttpMethod.Post, "/api/v1/entry-imports") { Content = new StringContent("192.0.2.1 a.example") };
        request.Headers.TryAddWithoutValidation("If-Match", "\"1\"");

        using HttpResponseMessage response = await _host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("bad-precondition", (await TransferReply.ReadAsync(response)).Problem);
        Assert.Empty(await _host.ShownAsync());
    }

    private async Task PutAsync(string name) =>
        Assert.Equal(201, (await _host.SendAsync("PUT", $"/{name}/A", """{"records":["192.0.2.77"]}""")).Status);

    private async Task<bool> HasPointerAsync(string name) =>
        (await _host.SendAsync("GET", $"/{name}/A")).Json.GetProperty("autoPtr").GetBoolean();
}
