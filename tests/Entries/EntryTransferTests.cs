using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Files;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Entries;

/// <summary>An import as a whole: what others write meanwhile, what the store cannot take, what is left of it in the history.</summary>
public sealed class EntryTransferTests : IAsyncLifetime, IDisposable
{
    private static readonly WriteOptions Options = new(DryRun: false, Override: false) { Author = EntryTestData.Author };

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = EntryTestData.Clock();
    private readonly CancellationTokenSource _stop = new();
    private InterruptedStore _store = null!;
    private SqliteEntryStore _file = null!;
    private EntryCatalog _catalog = null!;
    private Task _feeding = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.True(SqliteEntryStore.TryOpen(_folder.PathOf("entries.db"), _time, out SqliteEntryStore? file, out string? error), error);
        _file = file;
        _store = new InterruptedStore(file);
        var view = new EntryView(_time);
        var feed = new EntryFeed(_store, view, _time, NullLogger<EntryFeed>.Instance);
        _feeding = feed.RunAsync(_stop.Token);
        await feed.Synced;
        _catalog = new EntryCatalog(_store, view, feed, new EntryRules(null, _time), _time);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _feeding;
        await _file.DisposeAsync();
        _stop.Dispose();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Replacement_that_somebody_comes_between_is_planned_anew()
    {
        await ImportAsync(ImportMode.Merge, "a", "b", "c");
        _store.Interrupt(1, () => _file.WriteAsync(EntryWrite.Put(EntryTestData.Entry("b.example", "A", "192.0.2.9"))));

        ImportResult result = await ImportAsync(ImportMode.Replace, "a", "d");

        Assert.Equal((1, 0, 1, 1), (result.Plan!.Created, result.Plan.Changed, result.Plan.Deleted, result.Plan.Unchanged));
        Assert.Equal(["a.example. s", "b.example. api", "d.example. s"], Shown());
    }

    [Fact]
    public async Task Replacement_that_somebody_always_comes_between_gives_up_and_has_changed_nothing()
    {
        await ImportAsync(ImportMode.Merge, "a", "b");
        int writes = 0;
        _store.Interrupt(100, () => _file.WriteAsync(
            EntryWrite.Put(EntryTestData.Entry("b.example", "A", $"192.0.2.{10 + ++writes}") with { Source = "s" })));

        ImportResult result = await ImportAsync(ImportMode.Replace, "c");

        Assert.Equal(StoreOutcome.PreconditionFailed, result.Failure!.Outcome);
        Assert.Equal(10, writes);
        Assert.Equal(["a.example. s", "b.example. s"], Shown());
    }

    [Theory]
    [InlineData("PRAGMA query_only=1", StoreOutcome.Unavailable)]
    [InlineData("PRAGMA max_page_count=1", StoreOutcome.Full)]
    public async Task Store_that_cannot_take_it_all_has_taken_nothing(string trouble, StoreOutcome outcome)
    {
        await ImportAsync(ImportMode.Merge, "a");
        _file.File.Execute(trouble);
        string[] names = [.. Enumerable.Range(0, 2000).Select(i => $"n{i}")];

        ImportResult refused = await ImportAsync(ImportMode.Replace, names);
        _file.File.Execute("PRAGMA query_only=0; PRAGMA max_page_count=1073741823");
        IEnumerable<string> between = Shown();
        ImportResult done = await ImportAsync(ImportMode.Replace, names);

        Assert.Equal(outcome, refused.Failure!.Outcome);
        Assert.Equal(["a.example. s"], between);
        Assert.Equal((2000, 1), (done.Plan!.Created, done.Plan.Deleted));
    }

    [Fact]
    public async Task Import_is_one_write_of_one_author()
    {
        ImportResult result = await ImportAsync(ImportMode.Merge, "a", "b");

        EntryHistoryPage history = (await _catalog.ReadHistoryAsync(new EntryHistoryFilter(), TestContext.Current.CancellationToken))!;
        Assert.Equal([(1, EntryTestData.Author), (1, EntryTestData.Author)], history.Items.Select(item => (item.Revision, item.Author)));
        Assert.Equal(1, result.Plan!.Revision);
    }

    [Fact]
    public async Task Restored_entries_are_the_same_when_the_file_is_opened_again()
    {
        await ImportAsync(ImportMode.Merge, "a");
        EntryExport export = await _catalog.Transfer.ExportAsync(null, null, TestContext.Current.CancellationToken);
        Entry[] kept = [.. export.Entries.Select(e => e with { Revision = 40 })];
        string path = _folder.PathOf("other.db");
        Assert.True(SqliteEntryStore.TryOpen(path, _time, out SqliteEntryStore? other, out string? error), error);
        await other.RestoreAsync(kept, 60, EntryTestData.Author, dryRun: false, TestContext.Current.CancellationToken);
        await other.DisposeAsync();

        Assert.True(SqliteEntryStore.TryOpen(path, _time, out SqliteEntryStore? again, out error), error);
        await using SqliteEntryStore opened = again;
        StoreResult next = await opened.WriteAsync(EntryWrite.Put(EntryTestData.Entry("b.example", "A", "192.0.2.1")));
        await using IAsyncEnumerator<EntryChanges> watch = opened.WatchAsync(TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await watch.MoveNextAsync();

        Assert.Equal(62, next.Revision);
        Assert.Equal(
            [("a.example.", 40), ("b.example.", 62)], watch.Current.Items.Select(i => (i.Key.Name.ToString(), i.Entry!.Revision)).Order());
    }

    [Fact]
    public void Texts_have_room_for_a_few_at_once()
    {
        IDisposable?[] held = [.. Enumerable.Range(0, ImportGate.MaxTexts).Select(_ => _catalog.Transfer.TryBegin())];
        IDisposable? oneMore = _catalog.Transfer.TryBegin();
        held[0]!.Dispose();
        held[0]!.Dispose();
        IDisposable? next = _catalog.Transfer.TryBegin();

        Assert.All(held, Assert.NotNull);
        Assert.Null(oneMore);
        Assert.NotNull(next);
        Assert.Null(_catalog.Transfer.TryBegin());
    }

    private async Task<ImportResult> ImportAsync(ImportMode mode, params string[] names)
    {
        var import = new EntryImport("s");
        foreach ((int line, string name) in names.Index())
            import.AddRecord(line + 1, new EntryKey(DnsName.Parse($"{name}.example"), RecordType.A), 60, "192.0.2.1");
        return await _catalog.Transfer.ImportAsync(import, mode, isWhole: false, Options, TestContext.Current.CancellationToken);
    }

    private IEnumerable<string> Shown() => _catalog.List(new EntryFilter()).Entries.Select(e => $"{e.Name} {e.Source}");

    /// <summary>A store in which somebody else writes right before the next writes.</summary>
    private sealed class InterruptedStore(IEntryStore inner) : IEntryStore
    {
        private Func<ValueTask<StoreResult>>? _interruption;
        private int _times;

        public EntryStoreCapabilities Capabilities => inner.Capabilities;

        public void Interrupt(int times, Func<ValueTask<StoreResult>> interruption) => (_times, _interruption) = (times, interruption);

        public async ValueTask<StoreResult> WriteAsync(
            IReadOnlyList<EntryWrite> writes, EntryAuthor author, bool dryRun, CancellationToken cancellationToken)
        {
            if (_times-- > 0 && _interruption is { } interruption) await interruption();
            return await inner.WriteAsync(writes, author, dryRun, cancellationToken);
        }

        public string Describe() => inner.Describe();

        public IAsyncEnumerable<EntryChanges> WatchAsync(CancellationToken cancellationToken) => inner.WatchAsync(cancellationToken);

        public ValueTask<EntryResumption> ResumeAsync(long revision, CancellationToken cancellationToken) =>
            inner.ResumeAsync(revision, cancellationToken);

        public ValueTask<StoreResult> RestoreAsync(
            IReadOnlyList<Entry> entries, long revision, EntryAuthor author, bool dryRun, CancellationToken cancellationToken) =>
            inner.RestoreAsync(entries, revision, author, dryRun, cancellationToken);

        public ValueTask<int> RemoveExpiredAsync(int atMost, CancellationToken cancellationToken) =>
            inner.RemoveExpiredAsync(atMost, cancellationToken);

        public ValueTask<EntryHistoryPage?> ReadHistoryAsync(EntryHistoryFilter filter, CancellationToken cancellationToken) =>
            inner.ReadHistoryAsync(filter, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
