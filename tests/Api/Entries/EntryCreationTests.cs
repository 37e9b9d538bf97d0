using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Entries;

namespace KubeDoH.Tests.Api.Entries;

/// <summary>POST on the collection: an entry is made, or nothing happens.</summary>
public sealed class EntryCreationTests : IAsyncLifetime
{
    private const string Body = """{"name":"DB.corp.example","type":"a","records":["192.0.2.1"]}""";

    private EntryHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await EntryHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Post_creates_and_says_where_and_under_which_tag()
    {
        Reply created = await _host.SendAsync("POST", "", Body);
        Reply got = await _host.SendAsync("GET", created.Location!);

        Assert.Equal((201, 200), (created.Status, got.Status));
        Assert.Equal("/api/v1/entries/db.corp.example./A", created.Location);
        Assert.Equal((got.Tag, got.Body), (created.Tag, created.Body));
    }

    [Fact]
    public async Task Post_where_there_is_one_is_409_that_leads_to_it_and_changes_nothing()
    {
        Reply created = await _host.SendAsync("POST", "", Body);
        Reply again = await _host.SendAsync("POST", "", """{"name":"db.corp.example.","type":"A","records":["192.0.2.2"]}""");
        Reply got = await _host.SendAsync("GET", "/db.corp.example/A");

        Assert.Equal((409, "entry-exists", created.Location), (again.Status, again.Problem, again.Location));
        Assert.Equal(created.Body, got.Body);
    }

    [Fact]
    public async Task Post_where_the_one_that_was_there_has_expired_creates()
    {
        await _host.SendAsync("PUT", "/db.corp.example/A", """{"records":["192.0.2.9"],"expiresAt":"2026-11-23T09:00:10Z"}""");
        _host.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(201, (await _host.SendAsync("POST", "", Body)).Status);
    }

    [Theory]
    [InlineData("""{"records":["192.0.2.1"]}""", "/name,/type")]
    [InlineData("""{"name":"a..b","type":"NONE","ttl":-1}""", "/name,/ttl,/type")]
    [InlineData("""{"name":"a..b","type":"A","records":["x"]}""", "/name,/records/0")]
    [InlineData("""{"name":".","type":"A","records":["192.0.2.1"]}""", "/name")]
    public async Task Fault_of_the_key_is_told_with_all_others(string body, string pointers)
    {
        Reply reply = await _host.SendAsync("POST", "", body);

        Assert.Equal((422, "invalid-entry"), (reply.Status, reply.Problem));
        Assert.Equal(pointers.Split(','), reply.Pointers.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("If-Match", "*", 400)]
    [InlineData("If-None-Match", "*", 400)]
    [InlineData("Content-Type", "text/plain", 415)]
    [InlineData("Content-Type", "application/merge-patch+json", 415)]
    [InlineData("Content-Encoding", "gzip", 415)]
    public async Task Header_that_does_not_belong_there_is_refused(string name, string value, int expected) =>
        Assert.Equal(expected, (await _host.SendAsync("POST", "", Body, (name, value))).Status);

    [Fact]
    public async Task Dry_run_says_the_same_and_creates_nothing()
    {
        Reply tried = await _host.SendAsync("POST", "?dryRun=true", Body);

        Assert.Equal((201, true, null), (tried.Status, tried.DryRun, tried.Tag));
        Assert.Equal(404, (await _host.SendAsync("GET", "/db.corp.example/A")).Status);
    }

    [Fact]
    public async Task Entries_over_the_limit_are_507_until_there_is_room()
    {
        await using EntryHost small = await EntryHost.StartAsync(open: time => new MemoryEntryStore(time, mostEntries: 2));
        const string one = """{"records":["192.0.2.1"]}""";
        await small.SendAsync("PUT", "/a.example/A", one);
        await small.SendAsync("PUT", "/b.example/A", one);

        Reply third = await small.SendAsync("POST", "", Body);
        Reply replaced = await small.SendAsync("PUT", "/a.example/A", """{"records":["192.0.2.2"]}""");
        await small.SendAsync("DELETE", "/a.example/A");
        Reply later = await small.SendAsync("POST", "", Body);

        Assert.Equal((507, "too-many-entries"), (third.Status, third.Problem));
        Assert.Equal((200, 201), (replaced.Status, later.Status));
    }

    [Theory]
    [InlineData("PUT", "/a.example/A", null, null, 428)]
    [InlineData("PUT", "/a.example/A", "If-Match", "{tag}", 200)]
    [InlineData("PUT", "/b.example/A", "If-None-Match", "*", 201)]
    [InlineData("PATCH", "/a.example/A", null, null, 428)]
    [InlineData("PATCH", "/a.example/A", "If-Match", "{tag}", 200)]
    [InlineData("DELETE", "/a.example/A", null, null, 428)]
    [InlineData("DELETE", "/a.example/A", "If-Match", "*", 204)]
    [InlineData("DELETE", "/a.example", null, null, 428)]
    public async Task Write_without_a_condition_is_428_where_one_is_required(
        string method, string path, string? header, string? value, int expected)
    {
        await using EntryHost strict = await EntryHost.StartAsync(new ManagementOptions { RequirePreconditions = true });
        Reply made = await strict.SendAsync("POST", "", """{"name":"a.example","type":"A","records":["192.0.2.1"]}""");
        (string, string)[] headers = header is null ? [] : [(header, value!.Replace("{tag}", made.Tag, StringComparison.Ordinal))];

        Reply reply = await strict.SendAsync(method, path, method == "DELETE" ? null : """{"records":["192.0.2.9"]}""", headers);

        Assert.Equal((201, expected), (made.Status, reply.Status));
        if (expected == 428) Assert.Equal("precondition-required", reply.Problem);
    }
}
