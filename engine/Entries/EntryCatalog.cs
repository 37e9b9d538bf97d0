using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>How a write is meant.</summary>
/// <param name="DryRun">Say what would come of it, and store nothing.</param>
/// <param name="Override">Names in the cluster's zone are meant.</param>
public readonly record struct WriteOptions(bool DryRun, bool Override)
{
    /// <summary>Who writes; null for nobody that is known.</summary>
    public EntryAuthor? Author { get; init; }
}

/// <summary>One step of a batch.</summary>
/// <param name="Draft">Null deletes.</param>
public sealed record EntryOperation(EntryKey Key, EntryDraft? Draft, EntryCondition Condition)
{
    public static EntryOperation Put(EntryDraft draft, EntryCondition? condition = null) =>
        new(new EntryKey(draft.Name, draft.Type), draft, condition ?? EntryCondition.None);

    public static EntryOperation Delete(EntryKey key, EntryCondition? condition = null) =>
        new(key, null, condition ?? EntryCondition.None);
}

/// <summary>
/// The entries for people: read from the view, written through the rules into the store. A write returns after the view has it,
/// so the next question is answered by it. Expired entries are not there.
/// </summary>
public sealed class EntryCatalog
{
    private readonly IEntryStore _store;
    private readonly EntryView _view;
    private readonly EntryFeed _feed;
    private readonly EntryRules _rules;
    private readonly TimeProvider _time;
    private readonly EntryBounds _bounds;

    internal EntryCatalog(
        IEntryStore store, EntryView view, EntryFeed feed, EntryRules rules, TimeProvider time, EntryBounds? bounds = null)
    {
        _store = store;
        _view = view;
        _feed = feed;
        _rules = rules;
        _time = time;
        _bounds = bounds ?? EntryBounds.Everything;
    }

    /// <summary>The same entries for somebody who may not see or write all of them.</summary>
    public EntryCatalog Within(EntryBounds bounds) => new(_store, _view, _feed, _rules, _time, bounds);

    public Entry? Find(EntryKey key) => At(key.Name).FirstOrDefault(e => e.Type == key.Type);

    /// <summary>The entries at a name, by type.</summary>
    public IReadOnlyList<Entry> At(DnsName name)
    {
        DateTimeOffset now = _time.GetUtcNow();
        return [.. _view.At(name).Where(e => !e.IsExpired(now) && _bounds.Hold(e))];
    }

    /// <summary>The first entries in canonical order that the filter lets through.</summary>
    public EntryPage List(EntryFilter filter)
    {
        long revision = _feed.Revision;
        DateTimeOffset now = _time.GetUtcNow();
        int total = _view.All.Count(e => !e.IsExpired(now) && _bounds.Hold(e));
        DnsName top = filter.Name ?? filter.Suffix ?? DnsName.Root;
        DnsName first = filter.After is { } after && CanonicalNameOrder.Instance.Compare(after.Name, top) > 0 ? after.Name : top;
        IEnumerable<Entry> matching = _view.From(first)
            .TakeWhile(e => WireName.IsAtOrBelow(e.Name.Span, top.Span))
            .Where(e => !e.IsExpired(now) && _bounds.Hold(e) && filter.Matches(e));
        List<Entry> page = [.. matching.Take(filter.Limit == int.MaxValue ? filter.Limit : filter.Limit + 1)];
        if (page.Count <= filter.Limit) return new EntryPage(revision, total, page, null);
        page.RemoveAt(page.Count - 1);
        return new EntryPage(revision, total, page, page[^1].Key);
    }

    public ValueTask<WriteResult> PutAsync(
        EntryDraft draft, EntryCondition condition, WriteOptions options, CancellationToken cancellationToken)
    {
        if (!_bounds.Hold(draft.Name)) return ValueTask.FromResult(new WriteResult(StoreOutcome.OutOfBounds));
        Entry? entry = _rules.TryAccept(draft, options.Override, out IReadOnlyList<EntryViolation> violations);
        return entry is null
            ? ValueTask.FromResult(new WriteResult(StoreOutcome.Refused, Violations: violations))
            : WriteAsync(EntryWrite.Put(entry, condition), options, cancellationToken);
    }

    /// <summary>Deletes an entry, or with the type ANY all entries at the name.</summary>
    public ValueTask<WriteResult> DeleteAsync(
        EntryKey key, EntryCondition condition, WriteOptions options, CancellationToken cancellationToken) =>
        WriteAsync(EntryWrite.Delete(key, condition), options, cancellationToken);

    /// <summary>
    /// All of the operations or none of them, each as if those before it had happened. What breaks a rule is named first, for all
    /// of them at once; a store that cannot write several entries together refuses more than one.
    /// </summary>
    public ValueTask<StoreResult> WriteAllAsync(
        IReadOnlyList<EntryOperation> operations, WriteOptions options, CancellationToken cancellationToken)
    {
        var writes = new EntryWrite[operations.Count];
        var refused = new WriteResult?[operations.Count];
        for (int i = 0; i < operations.Count; i++)
        {
            EntryOperation operation = operations[i];
            IReadOnlyList<EntryViolation> violations = [];
            Entry? entry = operation.Draft is { } draft ? _rules.TryAccept(draft, options.Override, out violations) : null;
            if (!_bounds.Hold(operation.Key.Name)) refused[i] = new WriteResult(StoreOutcome.OutOfBounds);
            else if (violations.Count > 0) refused[i] = new WriteResult(StoreOutcome.Refused, Violations: violations);
            writes[i] = new EntryWrite(operation.Key, entry, operation.Condition);
        }

        if (refused.All(r => r is null)) return WriteAsync(writes, options, cancellationToken);
        return ValueTask.FromResult(
            new StoreResult(_feed.Revision, [.. refused.Select(r => r ?? new WriteResult(StoreOutcome.NotTried))]));
    }

    /// <summary>What was changed, the latest first. Within bounds a page may be short and have a next one.</summary>
    public async ValueTask<EntryHistoryPage> ReadHistoryAsync(EntryHistoryFilter filter, CancellationToken cancellationToken)
    {
        EntryHistoryPage page = await _store.ReadHistoryAsync(filter, cancellationToken).ConfigureAwait(false);
        return page with { Items = [.. page.Items.Select(_bounds.See).OfType<EntryHistoryItem>()] };
    }

    /// <summary>
    /// The writes after a revision, then those to come; it ends when its reader falls too far behind. Null when not every write after
    /// the revision is known any more: its reader has to list the entries again, and go on from the list's revision.
    /// </summary>
    public async ValueTask<IAsyncEnumerable<EntryChanges>?> ResumeAsync(long revision, CancellationToken cancellationToken)
    {
        IAsyncEnumerable<EntryChanges>? all = await _store.ResumeAsync(revision, cancellationToken).ConfigureAwait(false);
        return all?.Select(_bounds.See).OfType<EntryChanges>();
    }

    private async ValueTask<WriteResult> WriteAsync(EntryWrite write, WriteOptions options, CancellationToken cancellationToken)
    {
        StoreResult result = await WriteAsync([write], options, cancellationToken).ConfigureAwait(false);
        return result.Writes[0];
    }

    private async ValueTask<StoreResult> WriteAsync(
        IReadOnlyList<EntryWrite> writes, WriteOptions options, CancellationToken cancellationToken)
    {
        if (_bounds != EntryBounds.Everything) writes = [.. writes.Select(write => write with { Bounds = _bounds })];
        StoreResult result = await _store.WriteAsync(writes, options.Author ?? EntryAuthor.Unknown, options.DryRun, cancellationToken)
            .ConfigureAwait(false);
        if (result.Succeeded && !options.DryRun) await _feed.ReachAsync(result.Revision, cancellationToken).ConfigureAwait(false);
        return result;
    }
}
