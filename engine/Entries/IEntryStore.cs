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

    /// <summary>
    /// The writes after <paramref name="revision"/>, in their order and without an end while the history can follow, a large one in
    /// pieces; none when the history does not reach back so far, the revision is none of this store's, or the store cannot be read.
    /// </summary>
    ValueTask<EntryResumption> ResumeAsync(long revision, CancellationToken cancellationToken);

    /// <summary>
    /// Makes all of the writes or none of them, and keeps them in the history in the same step. More than one needs
    /// <see cref="EntryStoreCapabilities.AtomicBatches"/>: a store without it refuses them as <see cref="StoreOutcome.NotAtomic"/>.
    /// </summary>
    /// <param name="dryRun">Say what would come of it, and store nothing.</param>
    ValueTask<StoreResult> WriteAsync(
        IReadOnlyList<EntryWrite> writes, EntryAuthor author, bool dryRun, CancellationToken cancellationToken);

    /// <summary>
    /// Brings back all of the entries or none of them, with their revisions and moments, as they were in another store of this kind whose
    /// last revision was <paramref name="revision"/>; revisions go on above it. An entry whose revision this store has passed is refused,
    /// unless it is there just so. Needs <see cref="EntryStoreCapabilities.Restore"/>; a store without it answers
    /// <see cref="StoreOutcome.NotAtomic"/>.
    /// </summary>
    ValueTask<StoreResult> RestoreAsync(
        IReadOnlyList<Entry> entries, long revision, EntryAuthor author, bool dryRun, CancellationToken cancellationToken);

    /// <summary>Takes away entries that have expired, the first to expire first; they count as absent already.</summary>
    /// <returns>How many; 0 also when the store cannot be written now.</returns>
    ValueTask<int> RemoveExpiredAsync(int atMost, CancellationToken cancellationToken);

    /// <summary>What was changed, the latest first; null when the store cannot be read now.</summary>
    ValueTask<EntryHistoryPage?> ReadHistoryAsync(EntryHistoryFilter filter, CancellationToken cancellationToken);
}

/// <summary>What a store can do.</summary>
/// <param name="AtomicBatches">Several writes in one transaction.</param>
/// <param name="Durable">What was acknowledged survives the process.</param>
/// <param name="Restore">Entries can be brought back with the revisions that they had.</param>
internal sealed record EntryStoreCapabilities(bool AtomicBatches, bool Durable, bool Restore = false);

/// <summary>One write: <paramref name="Entry"/> in the place of what is there, or nothing in its place.</summary>
/// <param name="Key">The type ANY stands for every entry at the name, as in RFC 2136 2.5.3; only a deletion may say so.</param>
/// <param name="Entry">Null deletes.</param>
internal sealed record EntryWrite(EntryKey Key, Entry? Entry, EntryCondition Condition)
{
    /// <summary>What the writer may touch: the entry that is there as well as the one that is written.</summary>
    public EntryBounds Bounds { get; init; } = EntryBounds.Everything;

    public static EntryWrite Put(Entry entry, EntryCondition? condition = null) => new(entry.Key, entry, condition ?? EntryCondition.None);

    public static EntryWrite Delete(EntryKey key, EntryCondition? condition = null) => new(key, null, condition ?? EntryCondition.None);
}

/// <summary>What changed under one revision.</summary>
/// <param name="Reset">These are all the entries there are: whatever else is known is gone.</param>
public sealed record EntryChanges(long Revision, bool Reset, IReadOnlyList<EntryChange> Items)
{
    /// <summary>When it was written; of no meaning in a reset.</summary>
    public DateTimeOffset At { get; init; }

    public EntryAuthor Author { get; init; } = EntryAuthor.Unknown;

    /// <summary>A piece of a large write: the next has the same revision.</summary>
    public bool Continues { get; init; }
}

/// <summary>The entry now at a key; null when there is none any more.</summary>
/// <param name="Before">What was stored there; null for nothing, and in a reset.</param>
public sealed record EntryChange(EntryKey Key, Entry? Entry, Entry? Before = null);
