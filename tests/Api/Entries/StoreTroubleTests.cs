using KubeDoH.Engine.Entries;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Api.Entries;

/// <summary>What a caller is told when the disk is in the way, whichever way it writes; and that nothing is lost by it.</summary>
public sealed class StoreTroubleTests : IDisposable
{
    private const string Body = """{"records":["192.0.2.2"]}""";

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("PRAGMA query_only = ON", "PRAGMA query_only = OFF", 503, "store-unavailable")]
    [InlineData("PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000", 507, "store-full")]
    public async Task Trouble_of_the_disk_is_a_problem_and_over_when_the_disk_is_well(
        string trouble, string relief, int status, string problem)
    {
        SqliteEntryStore store = null!;
        await using EntryHost host = await EntryHost.StartAsync(open: time => store = Open(time));
        await using SqliteEntryStore closed = store;
        Reply before = await host.SendAsync("PUT", "/a.example/A", """{"records":["192.0.2.1"]}""");
        store.File.Execute(trouble);
        string large = string.Join(',', Enumerable.Range(0, 500).Select(
            i => $$"""{"op":"put","name":"n{{i}}.example","type":"TXT","records":["{{new string('x', 200)}}"]}"""));
        Reply batch = await host.SendAsync("POST", "/api/v1/entry-batches", $$"""{"operations":[{{large}}]}""");
        Reply after = await host.SendAsync("GET", "/a.example/A");
        store.File.Execute(relief);
        Reply later = await host.SendAsync("PATCH", "/a.example/A", Body);

        Assert.Equal((201, status, problem), (before.Status, batch.Status, batch.Problem));
        Assert.Equal((before.Body, 200), (after.Body, later.Status));
        Assert.Equal(2, (await host.SendAsync("GET", "/api/v1/entry-history")).Json.GetProperty("changes").GetArrayLength());
    }

    [Theory]
    [InlineData("PUT", "/a.example/A", Body)]
    [InlineData("PATCH", "/a.example/A", Body)]
    [InlineData("DELETE", "/a.example/A", null)]
    [InlineData("DELETE", "/a.example", null)]
    [InlineData("POST", "", """{"name":"b.example","type":"A","records":["192.0.2.2"]}""")]
    public async Task Every_write_to_a_disk_that_cannot_be_written_is_503(string method, string path, string? body)
    {
        SqliteEntryStore store = null!;
        await using EntryHost host = await EntryHost.StartAsync(open: time => store = Open(time));
        await using SqliteEntryStore closed = store;
        await host.SendAsync("PUT", "/a.example/A", """{"records":["192.0.2.1"]}""");
        store.File.Execute("PRAGMA query_only = ON");

        Reply refused = await host.SendAsync(method, path, body);

        Assert.Equal((503, "store-unavailable"), (refused.Status, refused.Problem));
        Assert.Equal("192.0.2.1", host.View.All.Single().Records[0].Text);
    }

    [Theory]
    [InlineData("/api/v1/entry-history")]
    [InlineData("/api/v1/entry-events?after=0")]
    public async Task Read_of_a_disk_that_cannot_be_read_is_503_and_over_when_the_disk_is_well(string path)
    {
        SqliteEntryStore store = null!;
        await using EntryHost host = await EntryHost.StartAsync(open: time => store = Open(time));
        await using SqliteEntryStore closed = store;
        await host.SendAsync("PUT", "/a.example/A", """{"records":["192.0.2.1"]}""");
        store.File.Execute("ALTER TABLE history RENAME TO lost");

        Reply refused = await host.SendAsync("GET", path), entry = await host.SendAsync("GET", "/a.example/A");
        store.File.Execute("ALTER TABLE lost RENAME TO history");

        Assert.Equal((503, "store-unavailable", 200), (refused.Status, refused.Problem, entry.Status));
        Assert.Contains("cannot be read", refused.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(200, (await host.SendAsync("GET", "/api/v1/entry-history")).Status);
    }

    public void Dispose() => _folder.Dispose();

    private SqliteEntryStore Open(TimeProvider time)
    {
        Assert.True(SqliteEntryStore.TryOpen(_folder.PathOf("entries.db"), time, out SqliteEntryStore? store, out string? error), error);
        return store;
    }
}
