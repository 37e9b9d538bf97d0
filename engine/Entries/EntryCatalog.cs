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
    /// <summary>What could not be read of the step itself; a part of the key that is named here holds nothing.</summary>
    public IReadOnlyList<EntryViolation> Faults { get; init; } = [];

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
    /// <summary>How often a change is made anew because another write came first: each time, somebody else has got on.</summary>
    private const int MostTries = 1000;

    private readonly IEntryStore _store;
    private readonly EntryView _view;
    private readonly EntryFeed _feed;
    private readonly EntryRules _rules;
    private readonly TimeProvider _time;
    private readonly EntryBounds _bounds;
    private readonly ImportGate _gate;

    internal EntryCatalog(
        IEntryStore store, EntryView view, EntryFeed feed, EntryRules rules, TimeProvider time, EntryBounds? bounds = null,
        ImportGate? gate = null)
    {
        _store = store;
        _view = view;
        _feed = feed;
        _rules = rules;
        _time = time;
        _bounds = bounds ?? EntryBounds.Everything;
        _gate = gate ?? new ImportGate();
        Transfer = new EntryTransfer(store, view, feed, rules, time, _gate, _bounds);
    }

    /// <summary>The last revision that can be read here.</summary>
    public long Revision => _feed.Revision;

    /// <summary>Imports and exports.</summary>
    public EntryTransfer Transfer { get; }

    /// <summary>The same entries for somebody who may not see or write all of them.</summary>
    public EntryCatalog Within(EntryBounds bounds) => new(_store, _view, _feed, _rules, _time, bounds, _gate);

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

    public async ValueTask<WriteResult> PutAsync(
        EntryDraft draft, EntryCondition condition, WriteOptions options, CancellationToken cancellationToken) =>
        (await WriteAllAsync([EntryOperation.Put(draft, condition)], options, cancellationToken).ConfigureAwait(false)).Writes[0];

    /// <summary>
    /// Writes what <paramref name="change"/> makes of the entry that is there. When another write comes in between, it is asked
    /// again with what is there then, so that neither is lost.
    /// </summary>
    public async ValueTask<WriteResult> ChangeAsync(
        EntryKey key, Func<Entry, EntryDraft> change, EntryCondition condition, WriteOptions options, CancellationToken cancellationToken)
    {
        // The name is there already: that it may be, somebody has said before.
        options = options with { Override = true };
        for (int tries = 0; tries < MostTries; tries++)
        {
            if (Find(key) is not { } there) return new WriteResult(StoreOutcome.NotFound);
            if (!condition.Holds(there.Revision)) return new WriteResult(StoreOutcome.PreconditionFailed, there);
            var operation = EntryOperation.Put(change(there), EntryCondition.Is(there.Revision));
            StoreResult result = await WriteAllAsync([operation], options, cancellationToken).ConfigureAwait(false);
            if (result.Writes[0].Outcome != StoreOutcome.PreconditionFailed) return result.Writes[0];
            await _feed.ReachAsync(result.Revision, cancellationToken).ConfigureAwait(false);
        }

        return new WriteResult(StoreOutcome.Unavailable);
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
            Entry? entry = Check(operation, options, out IReadOnlyList<EntryViolation> violations);
            if (operation.Faults.Count == 0 && !_bounds.Hold(operation.Key.Name)) refused[i] = new WriteResult(StoreOutcome.OutOfBounds);
            else if (violations.Count > 0) refused[i] = new WriteResult(StoreOutcome.Refused, Violations: violations);
            writes[i] = new EntryWrite(operation.Key, entry, operation.Condition);
        }

        if (refused.All(r => r is null)) return WriteAsync(writes, options, cancellationToken);
        return ValueTask.FromResult(
            new StoreResult(_feed.Revision, [.. refused.Select(r => r ?? new WriteResult(StoreOutcome.NotTried))]));
    }

    /// <summary>
    /// What was changed, the latest first; null when the store cannot be read now. Within bounds a page may be short and have a next one.
    /// </summary>
    public async ValueTask<EntryHistoryPage?> ReadHistoryAsync(EntryHistoryFilter filter, CancellationToken cancellationToken)
    {
        EntryHistoryPage? page = await _store.ReadHistoryAsync(filter, cancellationToken).ConfigureAwait(false);
        return page is null ? null : page with { Items = [.. page.Items.Select(_bounds.See).OfType<EntryHistoryItem>()] };
    }

    /// <summary>
    /// The writes after a revision, then those to come; they end when their reader falls too far behind, or the store cannot be read any
    /// more. Where not every write after the revision is known, the reader has to list the entries again, and go on from the list's
    /// revision.
    /// </summary>
    public async ValueTask<EntryResumption> ResumeAsync(long revision, CancellationToken cancellationToken)
    {
        EntryResumption all = await _store.ResumeAsync(revision, cancellationToken).ConfigureAwait(false);
        return all with { Changes = all.Changes?.Select(_bounds.See).OfType<EntryChanges>() };
    }

    /// <summary>The entry that the step asks for; null for a deletion, and where there are violations.</summary>
    private Entry? Check(EntryOperation operation, WriteOptions options, out IReadOnlyList<EntryViolation> violations)
    {
        violations = operation.Faults;
        if (operation.Draft is not { } draft) return null;
        Entry? entry = _rules.TryAccept(draft, options.Override, out IReadOnlyList<EntryViolation> found);
        violations = [.. operation.Faults, .. found.Where(v => operation.Faults.All(fault => fault.Pointer != v.Pointer))];
        if (entry is null || draft.AutoPtr != true) return entry;
        if (PointerConflict.Find(entry, _view, _time.GetUtcNow()) is { } conflict) violations = [.. violations, conflict];
        return entry;
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
