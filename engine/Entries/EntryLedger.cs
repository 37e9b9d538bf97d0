using System.Runtime.CompilerServices;
using System.Threading.Channels;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>
/// The entries of a store in this process, and what the next write makes of them: conditions, the rule about aliases, revisions.
/// A store plans a write, makes it durable, then commits it, one write at a time.
/// </summary>
/// <param name="most">How many entries there may be; what has expired counts until it is taken away.</param>
internal sealed class EntryLedger(TimeProvider time, int most)
{
    private readonly Dictionary<DnsName, Dictionary<RecordType, Entry>> _entries = new(DnsNameComparer.Instance);
    private readonly SortedSet<EntryDeadline> _deadlines = [];
    private readonly List<ChannelWriter<EntryChanges>> _watchers = [];
    private readonly Lock _lock = new();
    private int _count;
    private TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Revision { get; private set; }

    /// <summary>Completes with the next write.</summary>
    public Task Written
    {
        get { lock (_lock) return _written.Task; }
    }

    /// <summary>Starts with what was stored, before anybody watches.</summary>
    public void Load(IReadOnlyList<Entry> entries, long revision)
    {
        foreach (Entry entry in entries) Set(new EntryChange(entry.Key, entry));
        Revision = revision;
    }

    /// <summary>What comes of the writes, and the changes to store: none unless every write succeeds.</summary>
    public (StoreResult Result, EntryChanges Changes) Plan(IReadOnlyList<EntryWrite> writes, EntryAuthor author)
    {
        DateTimeOffset now = EntryTime.Canonical(time.GetUtcNow());
        var planned = new EntryPlan();
        var results = new WriteResult[writes.Count];
        for (int i = 0; i < writes.Count; i++) results[i] = PlanOne(writes[i], planned, now);
        return Outcome(results, planned, Revision + 1, author, now);
    }

    /// <summary>
    /// What comes of entries with the revisions that they had elsewhere, where the last revision was <paramref name="revision"/>. Each
    /// must be above all of this store's, or be there just so: a revision never comes back as another entry's.
    /// </summary>
    public (StoreResult Result, EntryChanges Changes) PlanRestore(IReadOnlyList<Entry> entries, long revision, EntryAuthor author)
    {
        DateTimeOffset now = EntryTime.Canonical(time.GetUtcNow());
        var planned = new EntryPlan();
        var results = new WriteResult[entries.Count];
        for (int i = 0; i < entries.Count; i++)
        {
            results[i] = PlanRestored(entries[i], planned, now);
            revision = Math.Max(revision, entries[i].Revision);
        }

        return Outcome(results, planned, Math.Max(revision, Revision) + 1, author, now);
    }

    /// <summary>The changes that take away what has expired: the first to expire, and no more than so many.</summary>
    public EntryChanges PlanExpiry(int atMost)
    {
        DateTimeOffset now = EntryTime.Canonical(time.GetUtcNow());
        IEnumerable<EntryKey> due = _deadlines.TakeWhile(d => d.At <= now).Take(atMost).Select(d => d.Key);
        return Changes([.. due.Select(key => new EntryChange(key, null, Stored(key)))], Revision + 1, EntryAuthor.Expiry, now);
    }

    /// <summary>Makes planned changes visible here and to everybody who watches.</summary>
    public void Commit(EntryChanges changes)
    {
        if (changes.Items.Count == 0) return;
        lock (_lock)
        {
            foreach (EntryChange change in changes.Items) Set(change);
            Revision = changes.Revision;
            foreach (ChannelWriter<EntryChanges> watcher in _watchers) watcher.TryWrite(changes);
            _written.TrySetResult();
            _written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public async IAsyncEnumerable<EntryChanges> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateUnbounded<EntryChanges>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        EntryChanges everything;
        lock (_lock)
        {
            everything = new EntryChanges(Revision, Reset: true,
                [.. _entries.Values.SelectMany(n => n.Values).Select(e => new EntryChange(e.Key, e))]);
            _watchers.Add(channel.Writer);
        }

        try
        {
            yield return everything;
            await foreach (EntryChanges changes in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return changes;
        }
        finally
        {
            lock (_lock) _watchers.Remove(channel.Writer);
        }
    }

    /// <summary>True when there would be more entries than there are and than there may be.</summary>
    private bool Overflows(IReadOnlyList<EntryChange> items)
    {
        int added = items.Count(i => i.Before is null) - items.Count(i => i.Entry is null);
        return added > 0 && _count + added > most;
    }

    private WriteResult PlanOne(EntryWrite write, EntryPlan planned, DateTimeOffset now)
    {
        List<Entry> atName = AtName(write.Key.Name, planned, now);
        if (write is { Entry: null, Key.Type: RecordType.ANY })
        {
            foreach (Entry entry in atName) planned.Set(entry.Key, null);
            return atName.Count > 0 ? new WriteResult(StoreOutcome.Deleted) : new WriteResult(StoreOutcome.NotFound);
        }

        Entry? there = atName.Find(e => e.Type == write.Key.Type);
        if (!write.Condition.Holds(there?.Revision)) return new WriteResult(StoreOutcome.PreconditionFailed, there);
        return write.Entry is null ? PlanDelete(there, planned) : PlanPut(write.Entry, there, atName, planned, now);
    }

    private static WriteResult PlanDelete(Entry? there, EntryPlan planned)
    {
        if (there is null) return new WriteResult(StoreOutcome.NotFound);
        planned.Set(there.Key, null);
        return new WriteResult(StoreOutcome.Deleted, there);
    }

    private WriteResult PlanPut(Entry entry, Entry? there, List<Entry> atName, EntryPlan planned, DateTimeOffset now)
    {
        if (EntryRules.FindConflict(entry, atName, now) is { } conflict) return new WriteResult(StoreOutcome.Refused, there, [conflict]);
        if (there is not null && there.SameContent(entry)) return new WriteResult(StoreOutcome.Unchanged, there);
        Entry stored = entry with { Revision = Revision + 1, CreatedAt = there?.CreatedAt ?? now, UpdatedAt = now };
        planned.Set(entry.Key, stored);
        return new WriteResult(there is null ? StoreOutcome.Created : StoreOutcome.Replaced, stored);
    }

    private WriteResult PlanRestored(Entry entry, EntryPlan planned, DateTimeOffset now)
    {
        List<Entry> atName = AtName(entry.Name, planned, now);
        Entry? there = atName.Find(e => e.Type == entry.Type);
        if (there is not null && there.Revision == entry.Revision && there.SameContent(entry))
            return new WriteResult(StoreOutcome.Unchanged, there);
        if (entry.Revision <= Revision) return new WriteResult(StoreOutcome.Refused, there, [EntryRules.RevisionTaken(entry, Revision)]);
        if (EntryRules.FindConflict(entry, atName, now) is { } conflict) return new WriteResult(StoreOutcome.Refused, there, [conflict]);
        planned.Set(entry.Key, entry);
        return new WriteResult(there is null ? StoreOutcome.Created : StoreOutcome.Replaced, entry);
    }

    /// <summary>The entries at a name as they would be after the writes before; what has expired is not there.</summary>
    private List<Entry> AtName(DnsName name, EntryPlan planned, DateTimeOffset now)
    {
        List<Entry> found = planned.At(name, _entries.TryGetValue(name, out Dictionary<RecordType, Entry>? stored) ? stored.Values : []);
        found.RemoveAll(e => e.IsExpired(now));
        return found;
    }

    /// <summary>The results of a plan; what would have succeeded beside a failure was not tried.</summary>
    private (StoreResult Result, EntryChanges Changes) Outcome(
        WriteResult[] results, EntryPlan planned, long next, EntryAuthor author, DateTimeOffset now)
    {
        bool failed = !results.All(r => r.Succeeded);
        IReadOnlyList<EntryChange> items = failed ? [] : planned.Changes(Stored);
        if (!failed && Overflows(items))
        {
            results = [.. results.Select(r => r.Outcome == StoreOutcome.Created ? new WriteResult(StoreOutcome.TooMany) : r)];
            (failed, items) = (true, []);
        }

        if (failed) results = [.. results.Select(r => r.Succeeded ? new WriteResult(StoreOutcome.NotTried) : r)];
        EntryChanges changes = Changes(items, next, author, now);
        return (new StoreResult(changes.Revision, results), changes);
    }

    /// <summary>Changes under the next revision; no changes leave the revision as it is.</summary>
    private EntryChanges Changes(IReadOnlyList<EntryChange> items, long next, EntryAuthor author, DateTimeOffset now) =>
        new(items.Count > 0 ? next : Revision, Reset: false, items) { At = now, Author = author };

    private Entry? Stored(EntryKey key) =>
        _entries.TryGetValue(key.Name, out Dictionary<RecordType, Entry>? atName) ? atName.GetValueOrDefault(key.Type) : null;

    private void Set(EntryChange change)
    {
        Entry? there = Stored(change.Key);
        _count += (change.Entry is null ? 0 : 1) - (there is null ? 0 : 1);
        if (there is { ExpiresAt: { } before }) _deadlines.Remove(new EntryDeadline(before, change.Key));
        if (change.Entry is { ExpiresAt: { } after }) _deadlines.Add(new EntryDeadline(after, change.Key));
        if (!_entries.TryGetValue(change.Key.Name, out Dictionary<RecordType, Entry>? atName))
            _entries[change.Key.Name] = atName = new Dictionary<RecordType, Entry>(1);
        if (change.Entry is not null) atName[change.Key.Type] = change.Entry;
        else atName.Remove(change.Key.Type);
        if (atName.Count == 0) _entries.Remove(change.Key.Name);
    }
}
