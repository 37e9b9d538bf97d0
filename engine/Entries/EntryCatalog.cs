using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>How a write is meant.</summary>
/// <param name="DryRun">Say what would come of it, and store nothing.</param>
/// <param name="Override">Names in the cluster's zone are meant.</param>
public readonly record struct WriteOptions(bool DryRun, bool Override);

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

    internal EntryCatalog(IEntryStore store, EntryView view, EntryFeed feed, EntryRules rules, TimeProvider time)
    {
        _store = store;
        _view = view;
        _feed = feed;
        _rules = rules;
        _time = time;
    }

    public Entry? Find(EntryKey key) => At(key.Name).FirstOrDefault(e => e.Type == key.Type);

    /// <summary>The entries at a name, by type.</summary>
    public IReadOnlyList<Entry> At(DnsName name)
    {
        DateTimeOffset now = _time.GetUtcNow();
        return [.. _view.At(name).Where(e => !e.IsExpired(now))];
    }

    /// <summary>The first entries in canonical order that the filter lets through.</summary>
    public EntryPage List(EntryFilter filter)
    {
        long revision = _feed.Revision;
        DateTimeOffset now = _time.GetUtcNow();
        int total = _view.All.Count(e => !e.IsExpired(now));
        IEnumerable<Entry> matching = _view.From(filter.After?.Name ?? filter.Name ?? filter.Suffix ?? DnsName.Root)
            .Where(e => !e.IsExpired(now) && filter.Matches(e));
        List<Entry> page = [.. matching.Take(filter.Limit == int.MaxValue ? filter.Limit : filter.Limit + 1)];
        if (page.Count <= filter.Limit) return new EntryPage(revision, total, page, null);
        page.RemoveAt(page.Count - 1);
        return new EntryPage(revision, total, page, page[^1].Key);
    }

    public ValueTask<WriteResult> PutAsync(
        EntryDraft draft, EntryCondition condition, WriteOptions options, CancellationToken cancellationToken)
    {
        Entry? entry = _rules.TryAccept(draft, options.Override, out IReadOnlyList<EntryViolation> violations);
        return entry is null
            ? ValueTask.FromResult(new WriteResult(StoreOutcome.Refused, Violations: violations))
            : WriteAsync(EntryWrite.Put(entry, condition), options, cancellationToken);
    }

    /// <summary>Deletes an entry, or with the type ANY all entries at the name.</summary>
    public ValueTask<WriteResult> DeleteAsync(
        EntryKey key, EntryCondition condition, WriteOptions options, CancellationToken cancellationToken) =>
        WriteAsync(EntryWrite.Delete(key, condition), options, cancellationToken);

    private async ValueTask<WriteResult> WriteAsync(EntryWrite write, WriteOptions options, CancellationToken cancellationToken)
    {
        StoreResult result = await _store.WriteAsync([write], options.DryRun, cancellationToken).ConfigureAwait(false);
        if (result.Succeeded && !options.DryRun) await _feed.ReachAsync(result.Revision, cancellationToken).ConfigureAwait(false);
        return result.Writes[0];
    }
}
