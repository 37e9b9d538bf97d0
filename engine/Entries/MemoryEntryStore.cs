namespace KubeDoH.Engine.Entries;

/// <summary>Entries that live as long as the process.</summary>
/// <param name="historyLimit">How many changes of the past are kept.</param>
/// <param name="mostEntries">How many entries there may be.</param>
internal sealed class MemoryEntryStore(
    TimeProvider time, int historyLimit = StoreOptions.DefaultHistory, int mostEntries = StoreOptions.DefaultMaxEntries) : IEntryStore
{
    private readonly EntryLedger _ledger = new(time, mostEntries);
    private readonly MemoryEntryHistory _history = new(historyLimit);
    private readonly Lock _writing = new();

    public EntryStoreCapabilities Capabilities { get; } = new(AtomicBatches: true, Durable: false, Restore: true);

    public string Describe() => "memory: they end with the process";

    public IAsyncEnumerable<EntryChanges> WatchAsync(CancellationToken cancellationToken) => _ledger.WatchAsync(cancellationToken);

    public ValueTask<EntryResumption> ResumeAsync(long revision, CancellationToken cancellationToken) =>
        EntryEvents.ResumeAsync(_ledger, revision, ReadNextAsync, cancellationToken);

    public ValueTask<StoreResult> WriteAsync(
        IReadOnlyList<EntryWrite> writes, EntryAuthor author, bool dryRun, CancellationToken cancellationToken) =>
        Write(() => _ledger.Plan(writes, author), dryRun, cancellationToken);

    public ValueTask<StoreResult> RestoreAsync(
        IReadOnlyList<Entry> entries, long revision, EntryAuthor author, bool dryRun, CancellationToken cancellationToken) =>
        Write(() => _ledger.PlanRestore(entries, revision, author), dryRun, cancellationToken);

    public ValueTask<int> RemoveExpiredAsync(int atMost, CancellationToken cancellationToken)
    {
        lock (_writing)
        {
            EntryChanges changes = _ledger.PlanExpiry(atMost);
            Commit(changes);
            return ValueTask.FromResult(changes.Items.Count);
        }
    }

    public ValueTask<EntryHistoryPage?> ReadHistoryAsync(EntryHistoryFilter filter, CancellationToken cancellationToken)
    {
        lock (_writing) return ValueTask.FromResult<EntryHistoryPage?>(_history.Read(filter));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ValueTask<NextWrite> ReadNextAsync(long after, long piece, CancellationToken cancellationToken)
    {
        lock (_writing) return ValueTask.FromResult(_history.Next(after, piece, _ledger.Revision));
    }

    private ValueTask<StoreResult> Write(
        Func<(StoreResult Result, EntryChanges Changes)> plan, bool dryRun, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_writing)
        {
            (StoreResult result, EntryChanges changes) = plan();
            if (!dryRun) Commit(changes);
            return ValueTask.FromResult(result);
        }
    }

    private void Commit(EntryChanges changes)
    {
        if (changes.Items.Count == 0) return;
        _history.Add(changes);
        _ledger.Commit(changes);
    }
}
