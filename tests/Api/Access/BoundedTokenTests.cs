using System.Text.Json;
using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Api.Entries;
using KubeDoH.Tests.Entries;

namespace KubeDoH.Tests.Api.Access;

/// <summary>Tokens for some names and namespaces only: what lies outside is not there for them, and cannot be written by them.</summary>
public sealed class BoundedTokenTests : IAsyncLifetime
{
    private const string Everything = "everything", Names = "names", Shop = "shop", Both = "both";

    private static readonly ManagementOptions Options = new()
    {
        Tokens =
        [
            TestAccess.Token(Everything, "entries:read entries:write", "everything"),
            TestAccess.Token(Names, "entries:read entries:write suffix=team.example suffix=lab.example", "names"),
            TestAccess.Token(Shop, "entries:read entries:write namespace=shop", "shop"),
            TestAccess.Token(Both, "entries:read entries:write suffix=team.example namespace=shop namespace=ops", "both"),
        ],
    };

    private EntryHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await EntryHost.StartAsync(Options);
        Assert.Equal(201, (await PutAsync(Everything, "global.team.example", [])).Status);
        Assert.Equal(201, (await PutAsync(Everything, "shop.team.example", ["shop"])).Status);
        Assert.Equal(201, (await PutAsync(Everything, "mixed.team.example", ["other", "shop"])).Status);
        Assert.Equal(201, (await PutAsync(Everything, "shop.corp.example", ["shop"])).Status);
        Assert.Equal(201, (await PutAsync(Everything, "global.corp.example", [])).Status);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(Everything, "global.corp shop.corp global.team mixed.team shop.team")]
    [InlineData(Names, "global.team mixed.team shop.team")]
    [InlineData(Shop, "shop.corp shop.team")]
    [InlineData(Both, "shop.team")]
    public async Task List_holds_what_lies_within(string token, string expected)
    {
        Reply all = await SendAsync(token, "GET", "");

        Assert.Equal(expected.Split(' ').Select(name => $"{name}.example."), NamesOf(all));
        Assert.Equal($"\"5-{expected.Split(' ').Length}\"", all.Tag);
        foreach (string name in (string[])["global.corp", "shop.corp", "global.team", "mixed.team", "shop.team"])
        {
            int status = expected.Split(' ').Contains(name) ? 200 : 404;
            Assert.Equal(status, (await SendAsync(token, "GET", $"/{name}.example/A")).Status);
            Assert.Equal(status, (await SendAsync(token, "GET", $"/{name}.example")).Status);
        }
    }

    [Fact]
    public async Task Pages_lead_through_what_lies_within_alone()
    {
        Reply first = await SendAsync(Names, "GET", "?limit=2");
        string cursor = first.Json.GetProperty("next").GetString()!;
        Reply second = await SendAsync(Names, "GET", $"?limit=2&cursor={Uri.EscapeDataString(cursor)}");

        Assert.Equal(["global.team.example.", "mixed.team.example."], NamesOf(first));
        Assert.Equal(["shop.team.example."], NamesOf(second));
        Assert.Null(second.Link);
    }

    /// <summary>The token, the name, the namespaces of the body, and what comes of a PUT.</summary>
    [Theory]
    [InlineData(Names, "new.team.example", "", 201)]
    [InlineData(Names, "team.example", "", 201)]
    [InlineData(Names, "*.lab.example", "any", 201)]
    [InlineData(Names, "steam.example", "", 403)]
    [InlineData(Names, "new.corp.example", "", 403)]
    [InlineData(Names, "example", "", 403)]
    [InlineData(Shop, "new.anywhere", "shop", 201)]
    [InlineData(Shop, "new.anywhere", "", 403)]
    [InlineData(Shop, "new.anywhere", "shop,other", 403)]
    [InlineData(Shop, "shop.team.example", "shop", 200)]
    [InlineData(Shop, "shop.team.example", "", 403)]
    [InlineData(Shop, "global.team.example", "shop", 403)]
    [InlineData(Shop, "mixed.team.example", "shop", 403)]
    [InlineData(Both, "new.team.example", "ops,shop", 201)]
    [InlineData(Both, "new.corp.example", "shop", 403)]
    [InlineData(Both, "new.team.example", "", 403)]
    public async Task Write_is_of_what_lies_within(string token, string name, string namespaces, int status)
    {
        string[] scope = namespaces.Split(',', StringSplitOptions.RemoveEmptyEntries);

        Reply dry = await PutAsync(token, name, scope, "?dryRun=true"), reply = await PutAsync(token, name, scope, address: "192.0.2.99");

        Assert.Equal((status, status), (dry.Status, reply.Status));
        if (status != 403) return;
        Assert.Equal("out-of-bounds", reply.Problem);
        Assert.DoesNotContain("192.0.2.99", (await SendAsync(Everything, "GET", "")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Names, "/shop.team.example/A", 204)]
    [InlineData(Names, "/shop.team.example", 204)]
    [InlineData(Names, "/none.team.example/A", 404)]
    [InlineData(Names, "/shop.corp.example/A", 403)]
    [InlineData(Names, "/none.corp.example/A", 403)]
    [InlineData(Names, "/shop.corp.example", 403)]
    [InlineData(Shop, "/shop.corp.example/A", 204)]
    [InlineData(Shop, "/global.corp.example/A", 403)]
    [InlineData(Shop, "/global.corp.example", 403)]
    [InlineData(Shop, "/mixed.team.example/ANY", 403)]
    public async Task Delete_is_of_what_lies_within(string token, string path, int status)
    {
        Reply reply = await SendAsync(token, "DELETE", path);

        Assert.Equal(status, reply.Status);
        Assert.Equal(status == 204 ? 4 : 5, NamesOf(await SendAsync(Everything, "GET", "")).Count());
    }

    [Fact]
    public async Task Precondition_tells_nothing_of_what_lies_outside()
    {
        Reply reply = await _host.SendAsync("PUT", "/global.team.example/A", Body(["shop"]), Bearer(Shop), ("If-Match", "\"77\""));

        Assert.Equal((403, "out-of-bounds"), (reply.Status, reply.Problem));
        Assert.DoesNotContain("tag", reply.Body, StringComparison.Ordinal);
    }

    /// <summary>An entry that is moved across the bounds is seen to come or to go.</summary>
    [Fact]
    public async Task Changes_and_history_show_what_lies_within()
    {
        EntryCatalog all = _host.Catalog, mine = all.Within(new EntryBounds([DnsName.Parse("team.example")], ["shop"]));
        CancellationToken ct = TestContext.Current.CancellationToken;
        long from = all.List(new EntryFilter()).Revision;
        await PutAsync(Everything, "shop.team.example", [], address: "192.0.2.66");       // goes
        await PutAsync(Everything, "global.corp.example", [], address: "192.0.2.67");     // was never there
        await PutAsync(Everything, "global.team.example", ["shop"], address: "192.0.2.68"); // comes

        var seen = new List<EntryChange>();
        await foreach (EntryChanges changes in (await mine.ResumeAsync(from, ct)).Changes!)
        {
            seen.AddRange(changes.Items);
            if (seen.Count == 2) break;
        }

        Assert.Equal(
            [("shop.team.example.", true, false), ("global.team.example.", false, true)],
            seen.Select(change => (change.Key.Name.ToString(), change.Before is not null, change.Entry is not null)));
        EntryHistoryPage history = (await mine.ReadHistoryAsync(new EntryHistoryFilter(), ct))!;
        Assert.Equal(
            [("global.team.example.", false, true), ("shop.team.example.", true, false), ("shop.team.example.", false, true)],
            history.Items.Select(item => (item.Key.Name.ToString(), item.Before is not null, item.After is not null)));
        Assert.Equal(8, (await all.ReadHistoryAsync(new EntryHistoryFilter(), ct))!.Items.Count);
    }

    [Fact]
    public async Task Batch_needs_every_one_of_its_writes_to_lie_within()
    {
        EntryCatalog mine = _host.Catalog.Within(new EntryBounds([DnsName.Parse("team.example")], []));
        CancellationToken ct = TestContext.Current.CancellationToken;

        StoreResult result = await mine.WriteAllAsync(
            [
                EntryOperation.Put(EntryTestData.Draft("a.team.example", "A", "192.0.2.1")),
                EntryOperation.Put(EntryTestData.Draft("a.corp.example", "A", "192.0.2.1")),
                EntryOperation.Put(EntryTestData.Draft("b.team.example", "A", "nonsense")),
                EntryOperation.Delete(EntryTestData.Key("shop.corp.example")),
            ],
            default, ct);

        Assert.Equal(
            [StoreOutcome.NotTried, StoreOutcome.OutOfBounds, StoreOutcome.Refused, StoreOutcome.OutOfBounds],
            result.Writes.Select(write => write.Outcome));
    }

    /// <summary>The token, the mode, and what an import of two names of team.example and the source "hosts" comes to.</summary>
    [Theory]
    [InlineData(Names, "mode=merge", 200)]
    [InlineData(Names, "mode=replace&source=hosts", 200)]
    [InlineData(Names, "mode=restore", 403)]
    [InlineData(Shop, "mode=merge", 403)]
    [InlineData(Shop, "mode=replace&source=hosts", 403)]
    public async Task Import_is_of_what_lies_within_or_does_not_happen(string token, string query, int status)
    {
        string body = query == "mode=restore"
            ? """[{"name":"a.team.example","type":"A","records":["192.0.2.1"],"revision":70,"createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-01T00:00:00Z"}]"""
            : """[{"name":"a.team.example","type":"A","records":["192.0.2.1"]},{"name":"b.team.example","type":"A","records":["192.0.2.1"]}]""";

        Reply reply = await _host.SendAsync("POST", $"/api/v1/entry-imports?{query}", body, Bearer(token));

        Assert.Equal(status, reply.Status);
        Assert.Equal(status == 200 ? 7 : 5, NamesOf(await SendAsync(Everything, "GET", "")).Count());
        if (status == 403) Assert.Equal("out-of-bounds", reply.Problem);
    }

    [Fact]
    public async Task Replacement_of_a_source_leaves_what_lies_outside_alone()
    {
        const string lines = """[{"name":"a.team.example","type":"A","records":["192.0.2.1"]},{"name":"a.corp.example","type":"A","records":["192.0.2.1"]}]""";
        Assert.Equal(
            200, (await _host.SendAsync("POST", "/api/v1/entry-imports?mode=replace&source=office", lines, Bearer(Everything))).Status);

        Reply reply = await _host.SendAsync("POST", "/api/v1/entry-imports?mode=replace&source=office",
            """[{"name":"b.team.example","type":"A","records":["192.0.2.1"]}]""", Bearer(Names));

        Assert.Equal(
            (200, 1, 1), (reply.Status, reply.Json.GetProperty("created").GetInt32(), reply.Json.GetProperty("deleted").GetInt32()));
        string all = (await SendAsync(Everything, "GET", "?source=office")).Body;
        Assert.Contains("a.corp.example.", all, StringComparison.Ordinal);
        Assert.DoesNotContain("a.team.example.", all, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Everything, 5)]
    [InlineData(Names, 3)]
    [InlineData(Shop, 2)]
    [InlineData(Both, 1)]
    public async Task Export_and_history_hold_what_lies_within(string token, int count)
    {
        Reply export = await SendAsync(token, "GET", "/api/v1/entry-exports"),
            history = await SendAsync(token, "GET", "/api/v1/entry-history");

        Assert.Equal(count, export.Json.GetProperty("entries").GetArrayLength());
        Assert.Equal(count, history.Json.GetProperty("changes").GetArrayLength());
    }

    [Fact]
    public async Task Entry_outside_cannot_be_patched_nor_written_in_a_batch()
    {
        Reply patch = await _host.SendAsync("PATCH", "/global.corp.example/A", """{"ttl":7}""", Bearer(Names));
        Reply batch = await _host.SendAsync("POST", "/api/v1/entry-batches",
            """{"operations":[{"op":"delete","name":"shop.team.example","type":"A"},{"op":"delete","name":"global.corp.example","type":"A"}]}""", Bearer(Names));

        Assert.Equal((404, 403, "out-of-bounds"), (patch.Status, batch.Status, batch.Problem));
        Assert.Equal(5, NamesOf(await SendAsync(Everything, "GET", "")).Count());
    }

    [Fact]
    public void Entries_are_nobodys_before_somebody_was_let_in() =>
        Assert.Throws<InvalidOperationException>(() => new RequestCaller().Bounds);

    private static (string, string) Bearer(string token) => ("Authorization", $"Bearer {token}");

    private static string Body(string[] namespaces, string address = "192.0.2.1") =>
        $$"""{"records":["{{address}}"],"namespaces":{{JsonSerializer.Serialize(namespaces)}}}""";

    private static IEnumerable<string?> NamesOf(Reply list) =>
        list.Json.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("name").GetString());

    private Task<Reply> SendAsync(string token, string method, string path) => _host.SendAsync(method, path, null, Bearer(token));

    private Task<Reply> PutAsync(string token, string name, string[] namespaces, string query = "", string address = "192.0.2.1") =>
        _host.SendAsync("PUT", $"/{name}/A{query}", Body(namespaces, address), Bearer(token));
}
