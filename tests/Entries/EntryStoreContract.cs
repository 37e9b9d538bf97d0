using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Files;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Entries;

public sealed class MemoryEntryStoreTests : EntryStoreContract
{
    private protected override IEntryStore Open(TimeProvider time, int historyLimit, string file, int mostEntries) =>
        new MemoryEntryStore(time, historyLimit, mostEntries);
}

public sealed class SqliteEntryStoreContractTests : EntryStoreContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private protected override IEntryStore Open(TimeProvider time, int historyLimit, string file, int mostEntries)
    {
        string path = _folder.PathOf(file);
        Assert.True(SqliteEntryStore.TryOpen(path, time, out SqliteEntryStore? store, out string? error, historyLimit, mostEntries), error);
        return store;
    }

    public void Dispose() => _folder.Dispose();
}

/// <summary>What every store promises: here of writes and of the watch.</summary>
public abstract partial class EntryStoreContract : IAsyncLifetime
{
    private const int HistoryLimit = 20;

    private readonly FakeTimeProvider _time = EntryTestData.Clock();
    private IEntryStore _store = null!;

    private protected abstract IEntryStore Open(TimeProvider time, int historyLimit, string file, int mostEntries = 10_000);

    public ValueTask InitializeAsync()
    {
        _store = Open(_time, HistoryLimit, "entries.db");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Put_creates_replaces_and_leaves_alone_what_is_the_same()
    {
        WriteResult created = await PutAsync("192.0.2.1");
        _time.Advance(TimeSpan.FromSeconds(5));
        WriteResult same = await PutAsync("192.0.2.1");
        WriteResult replaced = await PutAsync("192.0.2.2");

        Assert.Equal(
            [StoreOutcome.Created, StoreOutcome.Unchanged, StoreOutcome.Replaced],
            new[] { created.Outcome, same.Outcome, replaced.Outcome });
        Assert.Equal(created.Entry!.Revision, same.Entry!.Revision);
        Assert.True(replaced.Entry!.Revision > created.Entry.Revision);
        Assert.Equal((EntryTestData.Start, EntryTestData.Start.AddSeconds(5)), (replaced.Entry.CreatedAt, replaced.Entry.UpdatedAt));
    }

    [Fact]
    public async Task Delete_and_create_again_gives_a_greater_revision()
    {
        WriteResult first = await PutAsync("192.0.2.1");
        StoreResult gone = await _store.WriteAsync(EntryWrite.Delete(EntryTestData.Key("a.example")));
        WriteResult second = await PutAsync("192.0.2.1");

        Assert.Equal(StoreOutcome.Deleted, gone.Writes[0].Outcome);
        Assert.True(gone.Revision > first.Entry!.Revision);
        Assert.True(second.Entry!.Revision > gone.Revision);
    }

    [Fact]
    public async Task Conditions_hold_or_stop_the_write()
    {
        long revision = (await PutAsync("192.0.2.1")).Entry!.Revision;

        Assert.Equal(StoreOutcome.PreconditionFailed, (await PutAsync("192.0.2.2", EntryCondition.Absent)).Outcome);
        Assert.Equal(StoreOutcome.PreconditionFailed, (await PutAsync("192.0.2.2", EntryCondition.Is(revision + 7))).Outcome);
        Assert.Equal(StoreOutcome.PreconditionFailed, (await PutAsync("192.0.2.2", new EntryCondition(NoneMatch: [revision]))).Outcome);
        Assert.Equal(StoreOutcome.Replaced, (await PutAsync("192.0.2.2", EntryCondition.Is(revision))).Outcome);
        Assert.Equal(StoreOutcome.Replaced, (await PutAsync("192.0.2.3", EntryCondition.Present)).Outcome);
        Assert.Equal(StoreOutcome.PreconditionFailed, (await PutAsync("192.0.2.2", EntryCondition.Present, "other.example")).Outcome);
        Assert.Equal(StoreOutcome.Created, (await PutAsync("192.0.2.2", EntryCondition.Absent, "other.example")).Outcome);
    }

    [Fact]
    public async Task Delete_of_any_type_takes_all_at_the_name_and_nothing_else()
    {
        await PutAsync("192.0.2.1");
        await _store.WriteAsync(EntryWrite.Put(EntryTestData.Entry("a.example", "TXT", "x")));
        await PutAsync("192.0.2.9", name: "b.a.example");

        StoreResult result = await _store.WriteAsync(EntryWrite.Delete(EntryTestData.Key("a.example", RecordType.ANY)));
        StoreResult again = await _store.WriteAsync(EntryWrite.Delete(EntryTestData.Key("a.example", RecordType.ANY)));

        Assert.Equal((StoreOutcome.Deleted, StoreOutcome.NotFound), (result.Writes[0].Outcome, again.Writes[0].Outcome));
        Assert.Equal(["b.a.example."], (await EverythingAsync()).Items.Select(i => i.Key.Name.ToString()));
    }

    [Fact]
    public async Task Batch_with_one_failure_changes_nothing()
    {
        StoreResult result = await _store.WriteAsync(
            EntryWrite.Put(EntryTestData.Entry("a.example", "A", "192.0.2.1")), EntryWrite.Delete(EntryTestData.Key("b.example")));

        Assert.Equal([StoreOutcome.NotTried, StoreOutcome.NotFound], result.Writes.Select(w => w.Outcome));
        Assert.Empty((await EverythingAsync()).Items);
    }

    [Fact]
    public async Task Alias_beside_another_type_is_refused_both_ways_and_within_a_batch()
    {
        EntryWrite address = EntryWrite.Put(EntryTestData.Entry("a.example", "A", "192.0.2.1"));
        EntryWrite alias = EntryWrite.Put(EntryTestData.Entry("a.example", "CNAME", "b.example"));

        StoreResult together = await _store.WriteAsync(alias, address);
        await _store.WriteAsync(address);
        StoreResult after = await _store.WriteAsync(alias);
        StoreResult exchanged = await _store.WriteAsync(EntryWrite.Delete(address.Key), alias);
        StoreResult back = await _store.WriteAsync(address);

        Assert.Equal(StoreOutcome.Refused, together.Writes[1].Outcome);
        Assert.Equal(EntryViolation.CnameExclusive, Assert.Single(after.Writes[0].Violations!).Code);
        Assert.True(exchanged.Succeeded);
        Assert.Equal(StoreOutcome.Refused, back.Writes[0].Outcome);
    }

    [Fact]
    public async Task Expired_entry_is_not_there_for_a_write()
    {
        EntryDraft draft = EntryTestData.Draft("a.example", "A", "192.0.2.1") with { ExpiresAt = EntryTestData.Start.AddMinutes(1) };
        await _store.WriteAsync(EntryWrite.Put(EntryTestData.Entry(draft)));
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(StoreOutcome.NotFound, (await _store.WriteAsync(EntryWrite.Delete(EntryTestData.Key("a.example")))).Writes[0].Outcome);
        Assert.Equal(StoreOutcome.Created, (await PutAsync("192.0.2.2", EntryCondition.Absent)).Outcome);
    }

    [Fact]
    public async Task Entries_over_the_limit_are_refused_as_long_as_there_are_so_many()
    {
        await using IEntryStore store = Open(_time, HistoryLimit, "small.db", mostEntries: 2);
        await store.WriteAsync(Put("a.example", "192.0.2.1"));

        StoreResult both = await store.WriteAsync(
            Put("a.example", "192.0.2.2"), Put("b.example", "192.0.2.1"), Put("c.example", "192.0.2.1"));
        StoreResult exchanged = await store.WriteAsync(
            Put("b.example", "192.0.2.1"), Put("c.example", "192.0.2.1"), EntryWrite.Delete(EntryTestData.Key("a.example")));
        StoreResult full = await store.WriteAsync(Put("d.example", "192.0.2.1"));
        StoreResult replaced = await store.WriteAsync(Put("b.example", "192.0.2.2"));

        Assert.Equal([StoreOutcome.NotTried, StoreOutcome.TooMany, StoreOutcome.TooMany], both.Writes.Select(w => w.Outcome));
        Assert.Equal(StoreOutcome.TooMany, full.Writes[0].Outcome);
        Assert.True(exchanged.Succeeded && replaced.Succeeded);
    }

    [Fact]
    public async Task Dry_run_says_what_would_come_and_stores_nothing()
    {
        StoreResult result = await _store.WriteAsync([EntryWrite.Put(EntryTestData.Entry("a.example", "A", "192.0.2.1"))],
            EntryTestData.Author, true, TestContext.Current.CancellationToken);

        Assert.Equal(StoreOutcome.Created, result.Writes[0].Outcome);
        Assert.Empty((await EverythingAsync()).Items);
        Assert.Equal(StoreOutcome.Created, (await PutAsync("192.0.2.1")).Outcome);
    }

    [Fact]
    public async Task Watch_begins_with_everything_and_goes_on_in_the_order_of_revisions()
    {
        await PutAsync("192.0.2.1");
        using var stop = new CancellationTokenSource();
        await using IAsyncEnumerator<EntryChanges> watch = _store.WatchAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        Assert.True(await watch.MoveNextAsync());
        EntryChanges everything = watch.Current;
        await PutAsync("192.0.2.2");
        await PutAsync("192.0.2.2");
        await _store.WriteAsync(EntryWrite.Delete(EntryTestData.Key("a.example")));
        Assert.True(await watch.MoveNextAsync());
        EntryChanges replaced = watch.Current;
        Assert.True(await watch.MoveNextAsync());
        EntryChanges deleted = watch.Current;

        Assert.True(everything.Reset && everything.Items.Count == 1);
        Assert.Equal("192.0.2.2", replaced.Items.Single().Entry!.Records[0].Text);
        Assert.Null(deleted.Items.Single().Entry);
        Assert.True(everything.Revision < replaced.Revision && replaced.Revision < deleted.Revision && !replaced.Reset);
    }

    private async Task<WriteResult> PutAsync(string address, EntryCondition? condition = null, string name = "a.example") =>
        (await _store.WriteAsync(EntryWrite.Put(EntryTestData.Entry(name, "A", address), condition))).Writes[0];

    private async Task<EntryChanges> EverythingAsync()
    {
        await using IAsyncEnumerator<EntryChanges> watch = _store.WatchAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());
        return watch.Current;
    }
}
