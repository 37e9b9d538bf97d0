namespace KubeDoH.Engine.Entries;

/// <summary>
/// Where entries are kept. A write is durable before it returns, revisions only grow, across restarts and deletions too, and
/// trouble is an outcome, not an exception. The view that answers questions is fed by <see cref="WatchAsync"/>.
/// </summary>
internal interface IEntryStore : IAsyncDisposable
{
    EntryStoreCapabilities Capabilities { get; }

    /// <summary>Where the entries are, for a person.</summary>
    string Describe();

    /// <summary>
    /// Everything there is first (<see cref="EntryChanges.Reset"/>), then each write in the order of revisions.
    /// A store that had to start over sends everything again.
    /// </summary>
    IAsyncEnumerable<EntryChanges> WatchAsync(CancellationToken cancellationToken);

    /// <summary>Makes all of the writes or none of them. More than one needs <see cref="EntryStoreCapabilities.AtomicBatches"/>.</summary>
    /// <param name="dryRun">Say what would come of it, and store nothing.</param>
    ValueTask<StoreResult> WriteAsync(IReadOnlyList<EntryWrite> writes, bool dryRun, CancellationToken cancellationToken);
}

/// <summary>What a store can do.</summary>
/// <param name="AtomicBatches">Several writes in one transaction.</param>
/// <param name="Durable">What was acknowledged survives the process.</param>
internal sealed record EntryStoreCapabilities(bool AtomicBatches, bool Durable);

/// <summary>One write: <paramref name="Entry"/> in the place of what is there, or nothing in its place.</summary>
/// <param name="Key">The type ANY stands for every entry at the name, as in RFC 2136 2.5.3; only a deletion may say so.</param>
/// <param name="Entry">Null deletes.</param>
internal sealed record EntryWrite(EntryKey Key, Entry? Entry, EntryCondition Condition)
{
    public static EntryWrite Put(Entry entry, EntryCondition? condition = null) => new(entry.Key, entry, condition ?? EntryCondition.None);

    public static EntryWrite Delete(EntryKey key, EntryCondition? condition = null) => new(key, null, condition ?? EntryCondition.None);
}

/// <summary>What changed under one revision.</summary>
/// <param name="Reset">These are all the entries there are: whatever else is known is gone.</param>
internal sealed record EntryChanges(long Revision, bool Reset, IReadOnlyList<EntryChange> Items);

/// <summary>The entry now at a key; null when there is none any more.</summary>
internal sealed record EntryChange(EntryKey Key, Entry? Entry);
