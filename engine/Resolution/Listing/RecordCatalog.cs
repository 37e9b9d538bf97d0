using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution.Listing;

/// <summary>
/// What the sources would answer, page by page. The listings are merged while they are read, so that a page costs what stands on it and
/// what was looked at for it. What is there while somebody turns the pages stands on exactly one of them, whatever comes and goes.
/// </summary>
public sealed class RecordCatalog
{
    /// <summary>
    /// The most RRsets that are looked at for a page: one that a filter leaves nearly empty ends early, and the next goes on.
    /// </summary>
    public const int MostLookedAt = 20_000;

    private readonly IRecordListing[] _listings;

    internal RecordCatalog(IEnumerable<IRecordListing> listings) => _listings = [.. listings];

    /// <summary>The first RRsets that the filter lets through. A page may hold fewer than its limit, and still have a next one.</summary>
    public RecordPage List(RecordFilter filter)
    {
        if (filter.Range is not { } range) return new RecordPage([], null);
        var heads = new PriorityQueue<IEnumerator<ListedRRset>, RecordPlace>(RecordPlaceOrder.Instance);
        var opened = new List<IEnumerator<ListedRRset>>();
        try
        {
            for (int i = 0; i < _listings.Length; i++)
            {
                if (filter.Source is { } source && source != _listings[i].Source) continue;
                IEnumerator<ListedRRset> listing = _listings[i].List(range).GetEnumerator();
                opened.Add(listing);
                if (TryMove(listing, i, range, out RecordPlace place)) heads.Enqueue(listing, place);
            }

            return Read(heads, filter, range);
        }
        finally
        {
            opened.ForEach(listing => listing.Dispose());
        }
    }

    private static RecordPage Read(PriorityQueue<IEnumerator<ListedRRset>, RecordPlace> heads, RecordFilter filter, RecordRange range)
    {
        var page = new List<ListedRRset>();
        RecordPlace last = default;
        for (int lookedAt = 0; heads.TryDequeue(out IEnumerator<ListedRRset>? listing, out RecordPlace place);)
        {
            ListedRRset rrset = listing.Current;
            if (!WireName.IsAtOrBelow(rrset.Name.Span, range.Suffix.Span)) break;
            if (TryMove(listing, place.Listing, range, out RecordPlace next)) heads.Enqueue(listing, next);
            if (filter.After is { } after && RecordPlaceOrder.Instance.Compare(place, after) <= 0) continue;
            bool matches = filter.Matches(rrset);
            if (page.Count == filter.Limit && matches) return new RecordPage(page, last);
            if (matches) page.Add(rrset);
            last = place;
            if (++lookedAt == MostLookedAt) return new RecordPage(page, last);
        }

        return new RecordPage(page, null);
    }

    /// <summary>Moves on to the next RRset that does not come before the range.</summary>
    private static bool TryMove(IEnumerator<ListedRRset> listing, int index, RecordRange range, out RecordPlace place)
    {
        place = default;
        while (listing.MoveNext())
        {
            if (range.IsBefore(listing.Current.Name)) continue;
            place = RecordPlace.Of(listing.Current, index);
            return true;
        }

        return false;
    }
}
