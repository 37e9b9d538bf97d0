using KubeDoH.Engine.Resolution.Listing;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>The entries that answer now.</summary>
internal sealed class EntryListing(EntryView view, TimeProvider time) : IRecordListing
{
    public string Source => EntrySource.SourceName;

    public IEnumerable<ListedRRset> List(RecordRange range)
    {
        DateTimeOffset now = time.GetUtcNow();
        return view.From(range.From)
            .Where(entry => entry.Enabled && !entry.IsExpired(now))
            .Where(entry => range.Namespace is not { } wanted || entry.Namespaces.Contains(wanted))
            .Select(entry => new ListedRRset(Source, entry.Name, entry.Type, entry.Ttl, [.. entry.Records.Select(record => record.Data)])
            {
                Namespaces = entry.Namespaces,
                Origins = [OriginOf(entry.Key, entry)],
            });
    }

    /// <param name="entry">Null when it has just gone.</param>
    public static RecordOrigin OriginOf(EntryKey key, Entry? entry) =>
        new() { Kind = "Entry", Name = key.Name.ToString(), Type = key.Type, Revision = entry?.Revision };
}

/// <summary>The automatic PTR records that entries give now: for each namespace with entries of its own, and for everybody.</summary>
internal sealed class EntryPointerListing(EntryView view, TimeProvider time) : IRecordListing
{
    private static readonly DnsName Arpa = DnsName.Parse("arpa");

    public string Source => EntrySource.SourceName;

    public IEnumerable<ListedRRset> List(RecordRange range)
    {
        if (!range.Touches(Arpa)) return [];
        IEnumerable<(string Scope, EntryOwner Owner)> owners = view.Pointers.Owners()
            .Where(pair => !range.IsBefore(pair.Owner.Name) && (range.Namespace is not { } wanted || pair.Scope == wanted));
        return LazyOrder.Of(owners, pair => (pair.Owner.Name, pair.Scope), PlaceOrder)
            .SelectMany(pair => Read(pair.Scope, pair.Owner));
    }

    private static IComparer<(DnsName Name, string Scope)> PlaceOrder { get; } = Comparer<(DnsName Name, string Scope)>.Create((x, y) =>
        CanonicalNameOrder.Instance.Compare(x.Name, y.Name) is not 0 and int order ? order : string.CompareOrdinal(x.Scope, y.Scope));

    private IEnumerable<ListedRRset> Read(string scope, EntryOwner owner) => owner.Answers(time) is not { } live
        ? []
        : ListedRRset.Of(live.Node, Source, [.. live.Parts.Select(part => EntryListing.OriginOf(part.Key, EntryOf(part.Key)))])
            .Select(rrset => rrset with { Namespaces = scope.Length == 0 ? [] : [scope] });

    private Entry? EntryOf(EntryKey key) => view.At(key.Name).FirstOrDefault(entry => entry.Type == key.Type);
}
