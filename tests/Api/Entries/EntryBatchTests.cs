using KubeDoH.Api.Entries;
using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Entries;

namespace KubeDoH.Tests.Api.Entries;

/// <summary>Several writes in one request: all of them, under one revision, or none and every reason.</summary>
public sealed class EntryBatchTests : IAsyncLifetime
{
    private const string Path = "/api/v1/entry-batches";

    private EntryHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await EntryHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Batch_happens_in_its_order_and_under_one_revision()
    {
        await PutAsync("a.example");
        long revision = (await PutAsync("b.example")).Json.GetProperty("revision").GetInt64();

        Reply reply = await SendAsync(
            $$"""{"op":"delete","name":"b.example","type":"A","ifRevision":{{revision}}}""",
            """{"op":"create","name":"B.example","type":"cname","records":["a.example"]}""",
            """{"op":"put","name":"a.example","type":"A","ttl":9,"records":["192.0.2.2"]}""",
            """{"op":"put","name":"a.example","type":"A","ttl":9,"records":["192.0.2.2"]}""");

        Assert.Equal(200, reply.Status);
        Assert.Equal(revision + 1, reply.Json.GetProperty("revision").GetInt64());
        Assert.Equal(["deleted", "created", "replaced", "unchanged"], Outcomes(reply));
        Assert.Equal("b.example.", reply.Json.GetProperty("results")[1].GetProperty("entry").GetProperty("name").GetString());
        Assert.All(_host.View.All, entry => Assert.Equal(revision + 1, entry.Revision));
        Assert.Equal(["a.example. A", "b.example. CNAME"], _host.View.All.Select(e => $"{e.Name} {e.Type}").Order());
    }

    [Fact]
    public async Task Deletion_without_a_type_takes_the_whole_name()
    {
        await PutAsync("a.example");
        await _host.SendAsync("PUT", "/a.example/TXT", """{"records":["x"]}""");

        Assert.Equal(["deleted"], Outcomes(await SendAsync("""{"op":"delete","name":"a.example"}""")));
        Assert.Empty(_host.View.All);
    }

    [Theory]
    [InlineData(
        """{"op":"put","name":"n.example","type":"A","records":["x"],"ttl":-1}""", 422, "invalid-entry",
        "/operations/1/records/0,/operations/1/ttl")]
    [InlineData(
        """{"op":"put","name":"a..b","type":"NONE","ttl":-1}""", 422, "invalid-entry",
        "/operations/1/name,/operations/1/ttl,/operations/1/type")]
    [InlineData("""{"op":"set","name":"n.example","type":"A","records":["192.0.2.1"]}""", 422, "invalid-entry", "/operations/1/op")]
    [InlineData("""{"op":"delete","name":"a.example","type":"A","ttl":5}""", 422, "invalid-entry", "/operations/1")]
    [InlineData("""{"op":"delete","name":"a.example","ifRevision":1}""", 422, "invalid-entry", "/operations/1/ifRevision")]
    [InlineData(
        """{"op":"create","name":"n.example","type":"A","records":["192.0.2.1"],"ifRevision":1}""", 422, "invalid-entry",
        "/operations/1/ifRevision")]
    [InlineData("null", 422, "invalid-entry", "/operations/1/name,/operations/1/op,/operations/1/type")]
    [InlineData("""{"op":"create","name":"a.example","type":"A","records":["192.0.2.1"]}""", 409, "entry-exists", "/operations/1")]
    [InlineData("""{"op":"put","name":"a.example","type":"CNAME","records":["b.example"]}""", 409, "cname-exclusive", "/operations/1/type")]
    [InlineData(
        """{"op":"put","name":"x.cluster.local","type":"A","records":["192.0.2.1"]}""", 409, "shadows-cluster-zone", "/operations/1/name")]
    [InlineData("""{"op":"delete","name":"n.example","type":"A"}""", 409, "no-such-entry", "/operations/1")]
    [InlineData("""{"op":"put","name":"a.example","type":"A","records":["192.0.2.1"],"ifRevision":77}""",
        412, "precondition-failed", "/operations/1")]
    [InlineData("""{"op":"put","name":"n.example","type":"A","recods":["192.0.2.1"]}""", 400, "bad-body", "/operations/1/recods")]
    [InlineData("""{"op":"put","name":"n.example","type":"A","records":"192.0.2.1"}""", 400, "bad-body", "/operations/1/records")]
    public async Task Fault_of_one_stops_all_and_is_told_by_its_place(string operation, int status, string problem, string pointers)
    {
        await PutAsync("a.example");

        Reply reply = await SendAsync("""{"op":"put","name":"new.example","type":"A","records":["192.0.2.1"]}""", operation);

        Assert.Equal((status, problem), (reply.Status, reply.Problem));
        Assert.Equal(pointers.Split(','), reply.Pointers.Order(StringComparer.Ordinal));
        Assert.Equal(["a.example."], _host.View.All.Select(e => e.Name.ToString()));
    }

    [Fact]
    public async Task Faults_of_several_are_told_at_once()
    {
        Reply invalid = await SendAsync(
            """{"op":"put","name":"a.example","type":"A","records":["x"]}""",
            """{"op":"put","name":"b.example","type":"A","records":["192.0.2.1"]}""",
            """{"op":"put","name":"*.c.*.example","type":"OPT"}""");
        Reply stopped = await SendAsync(
            """{"op":"delete","name":"b.example","type":"A"}""",
            """{"op":"put","name":"a.example","type":"A","records":["192.0.2.1"],"ifRevision":5}""");

        Assert.Equal(
            ["/operations/0/records/0", "/operations/2/name", "/operations/2/type"], invalid.Pointers.Order(StringComparer.Ordinal));
        Assert.Equal((422, 409), (invalid.Status, stopped.Status));
        Assert.Equal(["/operations/0", "/operations/1"], stopped.Pointers);
    }

    [Theory]
    [InlineData("""{"operations":[]}""", "/operations")]
    [InlineData("""{}""", "/operations")]
    [InlineData("""{"atomic":false,"operations":[{"op":"delete","name":"a.example"}]}""", "/atomic")]
    [InlineData("""{"operation":[],"operations":[{"op":"delete","name":"a.example"}]}""", "/operation")]
    [InlineData("""{"operations":{}}""", "/operations")]
    public async Task Body_that_is_no_batch_is_400(string body, string pointer)
    {
        Reply reply = await _host.SendAsync("POST", Path, body);

        Assert.Equal((400, "bad-body"), (reply.Status, reply.Problem));
        Assert.Equal([pointer], reply.Pointers);
    }

    [Fact]
    public async Task Batch_of_the_most_operations_is_written_and_one_more_is_refused()
    {
        string[] operations = [.. Enumerable.Range(0, BatchEndpoints.MaxOperations + 1).Select(
            i => $$"""{"op":"put","name":"n{{i}}.example","type":"A","records":["192.0.2.1"]}""")];

        Reply over = await SendAsync(operations);
        Reply most = await SendAsync(operations[1..]);

        Assert.Equal((400, 200), (over.Status, most.Status));
        Assert.Equal(BatchEndpoints.MaxOperations, _host.View.All.Count());
    }

    [Fact]
    public async Task Body_over_its_limit_is_413()
    {
        string comment = new('x', (int)BatchEndpoints.MaxBody);

        Reply reply = await _host.SendAsync("POST", Path, $$"""{"operations":[],"comment":"{{comment}}"}""");

        Assert.Equal((413, "too-large"), (reply.Status, reply.Problem));
    }

    [Fact]
    public async Task Dry_run_says_the_same_and_changes_nothing()
    {
        const string create = """{"op":"create","name":"a.example","type":"A","records":["192.0.2.1"]}""";
        Reply tried = await _host.SendAsync("POST", Path + "?dryRun=true", $$"""{"operations":[{{create}}]}""");
        Reply refused = await _host.SendAsync("POST", Path + "?dryRun=true", $$"""{"operations":[{{create}},{{create}}]}""");

        Assert.Equal((200, true, 409, true), (tried.Status, tried.DryRun, refused.Status, refused.DryRun));
        Assert.Equal(["created"], Outcomes(tried));
        Assert.Empty(_host.View.All);
    }

    [Fact]
    public async Task Override_is_for_all_of_its_names() =>
        Assert.Equal(200, (await _host.SendAsync("POST", Path + "?override=true",
            """{"operations":[{"op":"put","name":"x.cluster.local","type":"A","records":["192.0.2.1"]}]}""")).Status);

    [Fact]
    public async Task Revisions_are_asked_for_where_preconditions_are_required()
    {
        await using EntryHost strict = await EntryHost.StartAsync(new ManagementOptions { RequirePreconditions = true });
        Reply reply = await strict.SendAsync("POST", Path, """
            {"operations":[
              {"op":"create","name":"a.example","type":"A","records":["192.0.2.1"]},
              {"op":"put","name":"b.example","type":"A","records":["192.0.2.1"]},
              {"op":"delete","name":"c.example","type":"A"}
            ]}
            """);

        Assert.Equal(422, reply.Status);
        Assert.Equal(["/operations/1/ifRevision", "/operations/2/ifRevision"], reply.Pointers);
    }

    /// <summary>A store over an interface that has no transactions refuses several writes, and takes one.</summary>
    [Fact]
    public async Task Store_without_transactions_takes_one_operation_and_refuses_two_by_name()
    {
        await using EntryHost host = await EntryHost.StartAsync(open: time => new OneByOneStore(new MemoryEntryStore(time)));
        const string first = """{"op":"put","name":"a.example","type":"A","records":["192.0.2.1"]}""";
        const string second = """{"op":"put","name":"b.example","type":"A","records":["192.0.2.1"]}""";

        Reply two = await host.SendAsync("POST", Path, $$"""{"operations":[{{first}},{{second}}]}""");
        Reply one = await host.SendAsync("POST", Path, $$"""{"operations":[{{first}}]}""");

        Assert.Equal((422, "batch-not-atomic", 200), (two.Status, two.Problem, one.Status));
        Assert.Equal(["a.example."], host.View.All.Select(e => e.Name.ToString()));
    }

    private Task<Reply> PutAsync(string name) => _host.SendAsync("PUT", $"/{name}/A", """{"records":["192.0.2.1"]}""");

    private Task<Reply> SendAsync(params string[] operations) =>
        _host.SendAsync("POST", Path, $$"""{"operations":[{{string.Join(',', operations)}}]}""");

    private static IEnumerable<string?> Outcomes(Reply reply) =>
        reply.Json.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("outcome").GetString());

    private sealed class OneByOneStore(MemoryEntryStore store) : IEntryStore
    {
        public EntryStoreCapabilities Capabilities { get; } = new(AtomicBatches: false, Durable: false);

        public string Describe() => store.Describe();

        public IAsyncEnumerable<EntryChanges> WatchAsync(CancellationToken cancellationToken) => store.WatchAsync(cancellationToken);

        public ValueTask<EntryResumption> ResumeAsync(long revision, CancellationToken cancellationToken) =>
            store.ResumeAsync(revision, cancellationToken);

        public ValueTask<StoreResult> WriteAsync(
            IReadOnlyList<EntryWrite> writes, EntryAuthor author, bool dryRun, CancellationToken cancellationToken) => writes.Count > 1
            ? ValueTask.FromResult(StoreResult.All(0, writes.Count, StoreOutcome.NotAtomic))
            : store.WriteAsync(writes, author, dryRun, cancellationToken);

        public ValueTask<StoreResult> RestoreAsync(
            IReadOnlyList<Entry> entries, long revision, EntryAuthor author, bool dryRun, CancellationToken cancellationToken) =>
            ValueTask.FromResult(StoreResult.All(0, entries.Count, StoreOutcome.NotAtomic));

        public ValueTask<int> RemoveExpiredAsync(int atMost, CancellationToken cancellationToken) =>
            store.RemoveExpiredAsync(atMost, cancellationToken);

        public ValueTask<EntryHistoryPage?> ReadHistoryAsync(EntryHistoryFilter filter, CancellationToken cancellationToken) =>
            store.ReadHistoryAsync(filter, cancellationToken);

        public ValueTask DisposeAsync() => store.DisposeAsync();
    }
}
