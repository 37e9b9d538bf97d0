using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution.Listing;

/// <summary>Which RRsets a page holds: those that meet every condition that is given.</summary>
public sealed record RecordFilter
{
    /// <summary>Only those of this source.</summary>
    public string? Source { get; init; }

    /// <summary>Only those that this namespace alone sees, or that come from its objects.</summary>
    public string? Namespace { get; init; }

    public DnsName? Name { get; init; }

    /// <summary>At this name or below it.</summary>
    public DnsName? Suffix { get; init; }

    public RecordType? Type { get; init; }

    /// <summary>Text in the name or a record, in any case.</summary>
    public string? Text { get; init; }

    /// <summary>The place where the page before ended.</summary>
    public RecordPlace? After { get; init; }

    public int Limit { get; init; } = int.MaxValue;

    /// <summary>Null when no name can be wanted.</summary>
    internal RecordRange? Range
    {
        get
        {
            DnsName suffix = Name ?? Suffix ?? DnsName.Root;
            if (Name is { } name && Suffix is { } above && !WireName.IsAtOrBelow(name.Span, above.Span)) return null;
            DnsName from = After is { } after && CanonicalNameOrder.Instance.Compare(after.Name, suffix) > 0 ? after.Name : suffix;
            return new RecordRange(from, suffix, Namespace);
        }
    }

    internal bool Matches(ListedRRset rrset) =>
        (Name is not { } name || rrset.Name == name)
        && (Suffix is not { } suffix || WireName.IsAtOrBelow(rrset.Name.Span, suffix.Span))
        && (Type is not { } type || rrset.Type == type)
        && (Namespace is not { } @namespace || rrset.Concerns(@namespace))
        && (string.IsNullOrEmpty(Text) || Holds(rrset.Name.ToString())
            || rrset.Data.Any(data => Holds(RecordText.Write(rrset.Type, data))));

    private bool Holds(string text) => text.Contains(Text!, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A page of RRsets in canonical order of names (RFC 4034 6.1).</summary>
/// <param name="Next">What the next page comes after; null on the last one.</param>
public sealed record RecordPage(IReadOnlyList<ListedRRset> RRsets, RecordPlace? Next);

/// <summary>The place of an RRset in the list of all, whether it is still there or not.</summary>
/// <param name="Listing">Which of the parts that the list is put together from.</param>
/// <param name="Scope">The namespace that sees it; "" for everybody.</param>
public readonly record struct RecordPlace(DnsName Name, int Listing, RecordType Type, string Scope)
{
    internal static RecordPlace Of(ListedRRset rrset, int listing) =>
        new(rrset.Name, listing, rrset.Type, rrset.Namespaces.FirstOrDefault(""));
}

/// <summary>Places in the order of the list.</summary>
internal sealed class RecordPlaceOrder : IComparer<RecordPlace>
{
    public static readonly RecordPlaceOrder Instance = new();

    public int Compare(RecordPlace x, RecordPlace y)
    {
        int order = CanonicalNameOrder.Instance.Compare(x.Name, y.Name);
        if (order == 0) order = x.Listing.CompareTo(y.Listing);
        if (order == 0) order = x.Type.CompareTo(y.Type);
        return order != 0 ? order : string.CompareOrdinal(x.Scope, y.Scope);
    }
}
