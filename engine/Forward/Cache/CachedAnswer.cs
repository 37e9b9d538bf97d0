using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward.Cache;

/// <summary>What the cache holds for one question, for an operator to look at.</summary>
public sealed record CachedAnswer
{
    public required DnsName Name { get; init; }

    public required RecordType Type { get; init; }

    /// <summary>The rule whose servers gave it: its suffix and the servers.</summary>
    public required string Rule { get; init; }

    /// <summary>The question had DO: signatures are in the answer (RFC 3225 3).</summary>
    public required bool DnssecOk { get; init; }

    /// <summary>The question had CD: the answer may not be validated (RFC 4035 3.2.2).</summary>
    public required bool CheckingDisabled { get; init; }

    /// <summary>The answer as it would be served now, TTLs counted down; the failure where there was no answer.</summary>
    public required Answer Answer { get; init; }

    /// <summary>The answer's; SERVFAIL where only a failure is kept.</summary>
    public Rcode Rcode => Answer.Rcode;

    /// <summary>True when its TTL is over, and it serves only while the upstreams fail (RFC 8767).</summary>
    public required bool Stale { get; init; }

    /// <summary>
    /// Seconds, rounded down: until the TTL is over; of a stale answer, until it serves no longer; of a failure, until it is tried again.
    /// </summary>
    public required long SecondsLeft { get; init; }

    /// <summary>How often it was served from the cache, refreshed answers before it included.</summary>
    public required long Hits { get; init; }

    /// <summary>Bytes of memory.</summary>
    public required int Size { get; init; }
}

/// <summary>The cache in numbers, since the start where they count something.</summary>
/// <param name="Entries">Questions that something is kept for.</param>
/// <param name="Bytes">What they take.</param>
/// <param name="Limit">What they may take (<c>Cache:Size</c>).</param>
/// <param name="Hits">Questions answered from the cache within the TTL.</param>
/// <param name="Misses">Questions that waited for upstreams, or for a question that was on its way already.</param>
/// <param name="Shared">Those of the misses that found an equal question on its way.</param>
/// <param name="StaleServed">Questions answered with an answer beyond its TTL.</param>
/// <param name="FailuresServed">Questions answered with a failure of a moment ago.</param>
/// <param name="Prefetches">Answers that were asked for anew shortly before they were over.</param>
/// <param name="Evictions">Answers that went because room was needed.</param>
public sealed record CacheTotals(
    long Entries, long Bytes, long Limit, long Hits, long Misses, long Shared, long StaleServed, long FailuresServed, long Prefetches,
    long Evictions)
{
    /// <summary>Of the entries, those that say that there is nothing.</summary>
    public long Denials { get; init; }

    /// <summary>Of the hits, those on such entries.</summary>
    public long DeniedHits { get; init; }

    /// <summary>Of the evictions, those of such entries.</summary>
    public long DeniedEvictions { get; init; }
}
