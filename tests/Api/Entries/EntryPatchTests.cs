using System.Text.Json;
using KubeDoH.Engine.Entries;
using KubeDoH.Tests.Entries;

namespace KubeDoH.Tests.Api.Entries;

/// <summary>PATCH of an entry (RFC 7396): what it names changes, and nothing else does.</summary>
public sealed class EntryPatchTests : IAsyncLifetime
{
    private const string Path = "/a.example/A";

    private const string Whole = """
        {
          "ttl": 5, "records": ["192.0.2.1"], "enabled": false, "namespaces": ["shop"], "comment": "old", "labels": { "team": "data", "tier": "1" },
          "expiresAt": "2026-12-01T00:00:00Z", "passThrough": true, "autoPtr": false
        }
        """;

    private EntryHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await EntryHost.StartAsync();
        await _host.SendAsync("PUT", Path, Whole);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("""{"ttl":7}""", "ttl", "7")]
    [InlineData("""{"ttl":null}""", "ttl", "60")]
    [InlineData("""{"records":["192.0.2.3","192.0.2.2"]}""", "records", """["192.0.2.2","192.0.2.3"]""")]
    [InlineData("""{"enabled":true}""", "enabled", "true")]
    [InlineData("""{"enabled":null}""", "enabled", "true")]
    [InlineData("""{"namespaces":["ops"]}""", "namespaces", """["ops"]""")]
    [InlineData("""{"namespaces":null}""", "namespaces", "[]")]
    [InlineData("""{"comment":"new"}""", "comment", "\"new\"")]
    [InlineData("""{"comment":null}""", "comment", null)]
    [InlineData("""{"labels":{"tier":null,"stage":"test"}}""", "labels", """{"stage":"test","team":"data"}""")]
    [InlineData("""{"labels":null}""", "labels", "{}")]
    [InlineData("""{"expiresAt":null}""", "expiresAt", null)]
    [InlineData("""{"passThrough":false}""", "passThrough", "false")]
    [InlineData("""{"autoPtr":true}""", "autoPtr", "true")]
    [InlineData("""{"autoPtr":null}""", "autoPtr", "true")]
    public async Task Patch_changes_the_member_that_it_names_and_no_other(string patch, string member, string? expected)
    {
        Reply before = await _host.SendAsync("GET", Path);
        Reply patched = await _host.SendAsync("PATCH", Path, patch);
        Reply after = await _host.SendAsync("GET", Path);

        Assert.Equal(200, patched.Status);
        Assert.Equal((patched.Body, patched.Tag), (after.Body, after.Tag));
        Assert.NotEqual(before.Tag, after.Tag);
        Assert.Equal(expected, Members(after).GetValueOrDefault(member));
        string[] ours = [member, "revision", "updatedAt"];
        Assert.Equal(
            Members(before).Where(m => !ours.Contains(m.Key)).OrderBy(m => m.Key),
            Members(after).Where(m => !ours.Contains(m.Key)).OrderBy(m => m.Key));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"ttl":5,"revision":99,"name":"A.example","source":"somebody"}""")]
    public async Task Patch_that_changes_nothing_leaves_the_tag(string patch)
    {
        Reply before = await _host.SendAsync("GET", Path);

        Assert.Equal((200, before.Tag), ((await _host.SendAsync("PATCH", Path, patch)).Status, (await _host.SendAsync("GET", Path)).Tag));
    }

    [Theory]
    [InlineData("""{"records":null}""", 422, "invalid-entry", "/records")]
    [InlineData("""{"ttl":-1,"records":["x"]}""", 422, "invalid-entry", "/records/0,/ttl")]
    [InlineData("""{"labels":{"a b":"x"}}""", 422, "invalid-entry", "/labels/a b")]
    [InlineData("""{"ttl":"7"}""", 400, "bad-body", "/ttl")]
    [InlineData("""{"labels":{"team":{}}}""", 400, "bad-body", "/labels/team")]
    [InlineData("""{"tll":7}""", 400, "bad-body", "/tll")]
    [InlineData("""{"ttl":7,"ttl":8}""", 400, "bad-body", "/ttl")]
    [InlineData("""{"name":"b.example"}""", 400, "bad-body", "/name")]
    public async Task Patch_with_a_fault_points_at_it_and_changes_nothing(string patch, int status, string problem, string pointers)
    {
        Reply before = await _host.SendAsync("GET", Path);
        Reply reply = await _host.SendAsync("PATCH", Path, patch);

        Assert.Equal((status, problem), (reply.Status, reply.Problem));
        Assert.Equal(pointers.Split(','), reply.Pointers.Order(StringComparer.Ordinal));
        Assert.Equal(before.Body, (await _host.SendAsync("GET", Path)).Body);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("")]
    public async Task Patch_that_is_no_object_is_400(string patch) =>
        Assert.Equal(400, (await _host.SendAsync("PATCH", Path, patch)).Status);

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json-patch+json")]
    [InlineData("text/plain")]
    public async Task Other_media_type_is_415_that_says_which_is_taken(string mediaType)
    {
        Reply reply = await _host.SendAsync("PATCH", Path, "{}", ("Content-Type", mediaType));

        Assert.Equal((415, "media-type", "application/merge-patch+json"), (reply.Status, reply.Problem, reply.AcceptPatch));
    }

    [Theory]
    [InlineData("/a.example/A", "{tag}", 200)]
    [InlineData("/a.example/A", "*", 200)]
    [InlineData("/a.example/A", "\"77\"", 412)]
    [InlineData("/a.example/TXT", null, 404)]
    [InlineData("/a.example/TXT", "*", 404)]
    [InlineData("/a..example/A", null, 400)]
    public async Task Condition_and_presence_decide_the_status(string path, string? tag, int expected)
    {
        Reply before = await _host.SendAsync("GET", Path);
        (string, string)[] headers = tag is null ? [] : [("If-Match", tag.Replace("{tag}", before.Tag, StringComparison.Ordinal))];

        Assert.Equal(expected, (await _host.SendAsync("PATCH", path, """{"comment":"x"}""", headers)).Status);
    }

    [Fact]
    public async Task Dry_run_shows_the_patched_entry_and_leaves_it()
    {
        Reply before = await _host.SendAsync("GET", Path);
        Reply tried = await _host.SendAsync("PATCH", Path + "?dryRun=true", """{"ttl":9}""");

        Assert.Equal((200, true, "9"), (tried.Status, tried.DryRun, Members(tried)["ttl"]));
        Assert.Equal(before.Body, (await _host.SendAsync("GET", Path)).Body);
    }

    [Fact]
    public async Task Patch_leaves_who_wrote_the_entry_and_where_it_stands_as_they_are()
    {
        MemoryEntryStore store = null!;
        await using EntryHost host = await EntryHost.StartAsync(open: time => store = new MemoryEntryStore(time));
        EntryDraft imported = EntryTestData.Draft("x.cluster.local", "A", "192.0.2.1") with { Source = "hosts-office" };
        await store.WriteAsync(EntryWrite.Put(EntryTestData.Entry(imported)));
        while (host.View.At(imported.Name).Count == 0) await Task.Yield();

        Reply patched = await host.SendAsync("PATCH", "/x.cluster.local/A", """{"enabled":false}""");

        Assert.Equal((200, "\"hosts-office\""), (patched.Status, Members(patched)["source"]));
    }

    [Fact]
    public async Task Patches_at_the_same_time_lose_nothing_of_each_other()
    {
        const int writers = 32;
        Reply[] replies = await Task.WhenAll(Enumerable.Range(0, writers).Select(i => _host.SendAsync(
            "PATCH", Path, $$"""{"labels":{"w{{i}}":"done"} }""")));
        using JsonDocument labels = JsonDocument.Parse(Members(await _host.SendAsync("GET", Path))["labels"]);

        Assert.All(replies, reply => Assert.Equal(200, reply.Status));
        Assert.Equal(writers + 2, labels.RootElement.EnumerateObject().Count());
    }

    [Fact]
    public async Task Automatic_pointer_that_is_asked_for_behind_a_pointer_entry_is_a_conflict()
    {
        await _host.SendAsync("PUT", "/1.2.0.192.in-addr.arpa/PTR", """{"records":["other.example"]}""");
        await _host.SendAsync("PUT", "/2.2.0.192.in-addr.arpa/PTR", """{"records":["b.example"]}""");

        Reply asked = await _host.SendAsync("PUT", "/b.example/A", """{"records":["192.0.2.1"],"autoPtr":true}""");
        Reply open = await _host.SendAsync("PUT", "/b.example/A", """{"records":["192.0.2.1"]}""");
        Reply again = await _host.SendAsync("PUT", "/b.example/A", open.Body);
        Reply own = await _host.SendAsync("PUT", "/b.example/A", """{"records":["192.0.2.2"],"autoPtr":true}""");
        Reply patched = await _host.SendAsync("PATCH", "/b.example/A", """{"records":["192.0.2.1"]}""");

        Assert.Equal((409, "ptr-conflict"), (asked.Status, asked.Problem));
        Assert.Equal((201, 200, 200, 200), (open.Status, again.Status, own.Status, patched.Status));
    }

    private static Dictionary<string, string> Members(Reply reply) =>
        reply.Json.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetRawText());
}
