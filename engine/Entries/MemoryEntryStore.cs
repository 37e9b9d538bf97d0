namespace KubeDoH.Engine.Entries;

/// <summary>Entries that live as long as the process.</summary>
internal sealed class MemoryEntryStore(TimeProvider time) : IEntryStore
{
    private readonly EntryLedger _ledger = new(time);
    private readonly Lock _writing = new();

    public EntryStoreCapabilities Capabilities { get; } = new(AtomicBatches: true, Durable: false);

    public string Describe() => "memory: they end with the process";

    public IAsyncEnumerable<EntryChanges> WatchAsync(CancellationToken cancellationToken) => _ledger.WatchAsync(cancellationToken);

    public ValueTask<StoreResult> WriteAsync(IReadOnlyList<EntryWrite> writes, bool dryRun, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_writing)
        {
            (StoreResult result, EntryChanges changes) = _ledger.Plan(writes);
            if (!dryRun) _ledger.Commit(changes);
            return ValueTask.FromResult(result);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
