using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution.Listing;

/// <summary>The records of a source, or of a part of it, one after the other: for people to look at, never for an answer.</summary>
internal interface IRecordListing
{
    /// <summary>The name of the source that answers with them.</summary>
    string Source { get; }

    /// <summary>
    /// What is there now, in canonical order of names, then by type, then by the namespace that sees it. Names before the range may
    /// come too; what it costs is to be that of what is taken from it, whatever there is in all.
    /// </summary>
    IEnumerable<ListedRRset> List(RecordRange range);
}

/// <summary>The part of a listing that is wanted.</summary>
/// <param name="From">Names before this one are not.</param>
/// <param name="Suffix">Names that are not at or below this one are not.</param>
/// <param name="Namespace">Only what has to do with this namespace is (<see cref="ListedRRset.Concerns"/>); null for everything.</param>
internal readonly record struct RecordRange(DnsName From, DnsName Suffix, string? Namespace)
{
    /// <summary>True when names at or below <paramref name="zone"/> may be wanted.</summary>
    public bool Touches(DnsName zone)
    {
        bool related = WireName.IsAtOrBelow(zone.Span, Suffix.Span) || WireName.IsAtOrBelow(Suffix.Span, zone.Span);
        return related && (WireName.IsAtOrBelow(From.Span, zone.Span) || !IsBefore(zone));
    }

    /// <summary>True for a name that is not wanted because it comes before the range.</summary>
    public bool IsBefore(DnsName name) => CanonicalNameOrder.Instance.Compare(name, From) < 0;
}
