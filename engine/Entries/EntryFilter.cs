using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>Which entries a list holds: those that meet every condition that is given.</summary>
public sealed record EntryFilter
{
    public DnsName? Name { get; init; }

    /// <summary>At this name or below it.</summary>
    public DnsName? Suffix { get; init; }

    public RecordType? Type { get; init; }

    /// <summary>Who wrote it: <see cref="Entry.Source"/>.</summary>
    public string? Source { get; init; }

    /// <summary>A namespace that it is scoped to.</summary>
    public string? Namespace { get; init; }

    public bool? Enabled { get; init; }

    /// <summary>Labels that it has, all of them.</summary>
    public IReadOnlyList<LabelFilter> Labels { get; init; } = [];

    /// <summary>Text in the name, a record or the comment, in any case.</summary>
    public string? Text { get; init; }

    /// <summary>The last entry of the page before.</summary>
    public EntryKey? After { get; init; }

    public int Limit { get; init; } = int.MaxValue;

    internal bool Matches(Entry entry) =>
        (Name is not { } name || entry.Name == name)
        && (Suffix is not { } suffix || WireName.IsAtOrBelow(entry.Name.Span, suffix.Span))
        && (Type is not { } type || entry.Type == type)
        && (Source is not { } source || entry.Source == source)
        && (Namespace is not { } scope || entry.Namespaces.Contains(scope))
        && (Enabled is not { } enabled || entry.Enabled == enabled)
        && Labels.All(label => label.Matches(entry.Labels))
        && (After is not { } after || EntryOrder.Instance.Compare(entry.Key, after) > 0)
        && (string.IsNullOrEmpty(Text) || Holds(entry.Name.ToString()) || Holds(entry.Comment) || entry.Records.Any(r => Holds(r.Text)));

    private bool Holds(string? text) => text?.Contains(Text!, StringComparison.OrdinalIgnoreCase) == true;
}

/// <summary>A label that an entry must have.</summary>
/// <param name="Value">Null for any.</param>
public sealed record LabelFilter(string Key, string? Value)
{
    internal bool Matches(IReadOnlyDictionary<string, string> labels) =>
        labels.TryGetValue(Key, out string? value) && (Value is null || value == Value);
}

/// <summary>A page of entries in canonical order (RFC 4034 6.1).</summary>
/// <param name="Revision">The revision that the page shows.</param>
/// <param name="Total">How many entries there are, whatever the filter.</param>
/// <param name="Next">What the next page comes after; null on the last one.</param>
public sealed record EntryPage(long Revision, int Total, IReadOnlyList<Entry> Entries, EntryKey? Next);
