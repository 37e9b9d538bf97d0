using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>
/// The part of the entries that somebody may see and write. What lies outside is not there for a reader, and refused to a writer;
/// an entry that is moved across the bounds is seen to come or to go.
/// </summary>
/// <param name="Suffixes">Names at or below one of these; empty for every name.</param>
/// <param name="Namespaces">Entries that only views of these see; empty for every entry, those for everybody among them.</param>
public sealed record EntryBounds(IReadOnlyList<DnsName> Suffixes, IReadOnlyList<string> Namespaces)
{
    /// <summary>No bounds.</summary>
    public static readonly EntryBounds Everything = new([], []);

    /// <summary>False where no entry at the name can lie within.</summary>
    public bool Hold(DnsName name)
    {
        foreach (DnsName suffix in Suffixes)
            if (WireName.IsAtOrBelow(name.Span, suffix.Span)) return true;
        return Suffixes.Count == 0;
    }

    public bool Hold(Entry entry) =>
        Hold(entry.Name) && (Namespaces.Count == 0 || (entry.Namespaces.Count > 0 && entry.Namespaces.All(Namespaces.Contains)));

    public bool Equals(EntryBounds? other) =>
        other is not null && Suffixes.SequenceEqual(other.Suffixes) && Namespaces.SequenceEqual(other.Namespaces);

    public override int GetHashCode() => HashCode.Combine(Suffixes.Count, Namespaces.Count);

    /// <summary>What of a write lies within: a side that does not is null. Null when nothing does.</summary>
    internal EntryChanges? See(EntryChanges changes)
    {
        if (this == Everything) return changes;
        EntryChange[] seen =
        [
            .. changes.Items.Select(change => change with { Entry = See(change.Entry), Before = See(change.Before) })
                .Where(change => change.Entry is not null || change.Before is not null),
        ];
        return seen.Length > 0 || changes.Reset ? changes with { Items = seen } : null;
    }

    /// <inheritdoc cref="See(EntryChanges)"/>
    internal EntryHistoryItem? See(EntryHistoryItem item)
    {
        EntryHistoryItem seen = item with { Before = See(item.Before), After = See(item.After) };
        return seen.Before is null && seen.After is null ? null : seen;
    }

    private Entry? See(Entry? entry) => entry is not null && Hold(entry) ? entry : null;
}
