using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>An entry of an import that no rule forbids.</summary>
internal sealed record AcceptedEntry(int Line, Entry Entry);

/// <summary>The writes that an import comes to beside what is there: what a replacement deletes, then what the text says.</summary>
internal sealed class ImportWrites(EntryBounds bounds)
{
    private readonly List<AcceptedEntry?> _from = [];
    private readonly List<string?> _before = [];

    public List<EntryWrite> Writes { get; } = [];

    /// <summary>Plans the writes; entries that are somebody else's are taken out of a replacement.</summary>
    public static ImportWrites Plan(
        EntryImport import, List<AcceptedEntry> accepted, ImportMode mode, EntryView view, EntryBounds bounds, DateTimeOffset now)
    {
        var writes = new ImportWrites(bounds);
        if (mode == ImportMode.Replace)
        {
            foreach (Entry gone in view.All.Where(
                e => e.Source == import.Source && !e.IsExpired(now) && bounds.Hold(e) && !import.Has(e.Key)))
                writes.Add(null, EntryWrite.Delete(gone.Key, EntryCondition.Is(gone.Revision)), null);
            accepted.RemoveAll(item => LeavesAlone(item, import, There(view, bounds, item.Entry.Key, now)));
        }

        foreach (AcceptedEntry item in accepted)
        {
            Entry? there = There(view, bounds, item.Entry.Key, now);
            EntryCondition condition = mode != ImportMode.Replace ? EntryCondition.None
                : there is null ? EntryCondition.Absent : EntryCondition.Is(there.Revision);
            writes.Add(item, EntryWrite.Put(item.Entry, condition), there?.Source);
        }

        return writes;
    }

    /// <summary>What the writes came to.</summary>
    public ImportPlan ToPlan(StoreResult result)
    {
        int Count(StoreOutcome outcome) => result.Writes.Count(write => write.Outcome == outcome);
        return new ImportPlan(
            result.Revision, Count(StoreOutcome.Created), Count(StoreOutcome.Replaced), Count(StoreOutcome.Deleted),
            Count(StoreOutcome.Unchanged))
        {
            Changes = [.. result.Writes.Index()
                .Where(write => write.Item.Outcome != StoreOutcome.Unchanged)
                .Take(ImportPlan.MaxChanges)
                .Select(write => Change(write.Index, write.Item.Outcome))],
        };
    }

    /// <summary>Leaves out what the store refuses, so that the others can be written.</summary>
    public void LeaveOutRefused(StoreResult result, EntryImport import, List<AcceptedEntry> accepted)
    {
        HashSet<AcceptedEntry> refused = new(ReferenceEqualityComparer.Instance);
        foreach ((int index, WriteResult write) in result.Writes.Index())
        {
            if (write.Outcome != StoreOutcome.Refused || _from[index] is not { } item) continue;
            refused.Add(item);
            import.Skip(item.Line, string.Join("; ", (write.Violations ?? []).Select(v => v.Detail)), item.Entry.Name);
        }

        accepted.RemoveAll(refused.Contains);
    }

    private static Entry? There(EntryView view, EntryBounds bounds, EntryKey key, DateTimeOffset now) =>
        view.At(key.Name).FirstOrDefault(entry => entry.Type == key.Type && !entry.IsExpired(now) && bounds.Hold(entry));

    private static bool LeavesAlone(AcceptedEntry item, EntryImport import, Entry? there)
    {
        if (there is null || there.Source == import.Source) return false;
        import.Skip(
            item.Line, $"{there.Name} {RecordTypeText.Write(there.Type)} belongs to the source {there.Source}: a merge would take it over");
        return true;
    }

    private void Add(AcceptedEntry? from, EntryWrite write, string? before)
    {
        _from.Add(from);
        _before.Add(before);
        Writes.Add(write with { Bounds = bounds });
    }

    private ImportChange Change(int index, StoreOutcome outcome)
    {
        string? before = _before[index];
        return new ImportChange(outcome, Writes[index].Key, before == Writes[index].Entry?.Source ? null : before);
    }
}
