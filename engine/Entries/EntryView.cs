using System.Collections.Concurrent;
using KubeDoH.Engine.Resolution.Listing;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>
/// The entries as this process knows them: as names that answer questions, and as entries that people list. Read without a lock;
/// <see cref="EntryFeed"/> is the one writer.
/// </summary>
internal sealed class EntryView(TimeProvider time)
{
    private readonly ConcurrentDictionary<DnsName, Entry[]> _entries = new(DnsNameComparer.Instance);
    private readonly OrderedKeys<DnsName> _names = new(CanonicalNameOrder.Instance);

    /// <summary>What the entries themselves say.</summary>
    public ScopedNames Names { get; } = new(EntrySource.SourceName, time);

    /// <summary>The automatic PTR records of their addresses.</summary>
    public ScopedNames Pointers { get; } = new(EntrySource.SourceName, time);

    /// <summary>Every entry, disabled and expired ones too, in no order.</summary>
    public IEnumerable<Entry> All => _entries.SelectMany(n => n.Value);

    /// <summary>The entries at a name by type, disabled and expired ones too.</summary>
    public IReadOnlyList<Entry> At(DnsName name) => _entries.TryGetValue(name, out Entry[]? entries) ? entries : [];

    /// <summary>The entries at a name and behind it, in canonical order of names and then by type; disabled and expired ones too.</summary>
    public IEnumerable<Entry> From(DnsName first) => _names.From(first).SelectMany(At);

    public void Apply(EntryChanges changes)
    {
        if (changes.Reset)
        {
            HashSet<EntryKey> known = [.. changes.Items.Select(c => c.Key)];
            foreach (Entry gone in All.Where(e => !known.Contains(e.Key)).ToList()) Apply(new EntryChange(gone.Key, null));
        }

        foreach (EntryChange change in changes.Items) Apply(change);
        Names.Build();
        Pointers.Build();
    }

    private void Apply(EntryChange change)
    {
        IReadOnlyList<Entry> atName = At(change.Key.Name);
        Entry? before = atName.FirstOrDefault(e => e.Type == change.Key.Type);
        Entry[] after = [.. atName.Where(e => e != before).Concat(change.Entry is null ? [] : [change.Entry]).OrderBy(e => e.Type)];
        if (after.Length > 0) _entries[change.Key.Name] = after;
        else _entries.TryRemove(change.Key.Name, out _);
        if (after.Length == 0) _names.Remove(change.Key.Name);
        else if (atName.Count == 0) _names.Add(change.Key.Name);
        Names.Replace([.. PlacedPart.OfNames(before)], [.. PlacedPart.OfNames(change.Entry)]);
        Pointers.Replace([.. PlacedPart.OfPointers(before)], [.. PlacedPart.OfPointers(change.Entry)]);
    }
}
