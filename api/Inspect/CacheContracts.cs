using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Inspect;

/// <summary>What the cache holds, the oldest first.</summary>
/// <param name="More">True when there is more than the limit lets through.</param>
/// <param name="Totals">The whole cache in numbers, whatever was asked for.</param>
internal sealed record CacheList(IReadOnlyList<CachedDocument> Answers, bool More, CacheTotalsDocument Totals);

/// <summary>What is kept for one question.</summary>
/// <param name="Name">The name that was asked.</param>
/// <param name="Type">The type that was asked.</param>
/// <param name="Rule">The rule whose servers answered: its suffix and the servers.</param>
/// <param name="DnssecOk">Signatures were asked for (DO).</param>
/// <param name="CheckingDisabled">The answer need not be validated (CD).</param>
/// <param name="Rcode">NOERROR, NXDOMAIN; SERVFAIL where only a failure is kept.</param>
/// <param name="Stale">Its TTL is over: it serves only while the upstreams fail.</param>
/// <param name="SecondsLeft">Until it is over; of a stale answer, until it serves no longer.</param>
/// <param name="Hits">How often it was served.</param>
/// <param name="Size">Octets of memory.</param>
/// <param name="Records">Those of its answer section, with what is left of their TTLs.</param>
internal sealed record CachedDocument(
    string Name,
    string Type,
    string Rule,
    bool DnssecOk,
    bool CheckingDisabled,
    string Rcode,
    bool Stale,
    long SecondsLeft,
    long Hits,
    int Size,
    IReadOnlyList<AnswerRecordDocument> Records)
{
    public static CachedDocument Of(CachedAnswer cached) => new(
        cached.Name.ToString(), RecordTypeText.Write(cached.Type), cached.Rule, cached.DnssecOk, cached.CheckingDisabled,
        RcodeText.Write(cached.Rcode), cached.Stale, cached.SecondsLeft, cached.Hits, cached.Size,
        AnswerRecordDocument.Read(cached.Answer, cached.Name.Span, Section.Answer));
}

/// <summary>The cache in numbers, since the start where they count something.</summary>
/// <param name="Entries">Questions that something is kept for.</param>
/// <param name="Bytes">Octets that they take.</param>
/// <param name="Limit">Octets that they may take.</param>
/// <param name="Hits">Questions answered from the cache within the TTL.</param>
/// <param name="Misses">Questions that waited for upstreams.</param>
/// <param name="Shared">Those of the misses that waited for an equal question that was on its way.</param>
/// <param name="StaleServed">Questions answered beyond the TTL.</param>
/// <param name="FailuresServed">Questions answered with a failure of a moment ago.</param>
/// <param name="Prefetches">Answers that were asked for anew before they were over.</param>
/// <param name="Evictions">Answers that went because room was needed.</param>
internal sealed record CacheTotalsDocument(
    long Entries, long Bytes, long Limit, long Hits, long Misses, long Shared, long StaleServed, long FailuresServed, long Prefetches,
    long Evictions)
{
    public static CacheTotalsDocument Of(CacheTotals totals) => new(
        totals.Entries, totals.Bytes, totals.Limit, totals.Hits, totals.Misses, totals.Shared, totals.StaleServed, totals.FailuresServed,
        totals.Prefetches, totals.Evictions);
}
