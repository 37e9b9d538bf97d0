using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward.Cache;

/// <summary>What a line of the cache is good for at a moment.</summary>
internal enum LineState
{
    /// <summary>Nothing: the upstreams are asked.</summary>
    None,

    /// <summary>Its answer is within its TTL.</summary>
    Fresh,

    /// <summary>Its answer is over, and serves if the upstreams fail or take too long.</summary>
    Stale,

    /// <summary>The upstreams failed a moment ago: its stale answer or the failure serves, and nobody is asked.</summary>
    Failing,
}

/// <summary>
/// One question's line: the last answer, the last failure, or both. What it says never changes; another line takes its place.
/// Only the marks of its use and its place in the queue do.
/// </summary>
internal sealed class CacheLine(string key, RuleOrigin origin)
{
    /// <summary>
    /// Bytes besides those of varying length: this object, the store's own entry and its place in the table; an answer; a failure.
    /// Measured on 64 bits by <c>CacheSizeTests</c>.
    /// </summary>
    private const int Overhead = 330, AnswerOverhead = 190, FailureOverhead = 210;

    private const string OldText = "no upstream answers now; this is what one said before";

    private static readonly ExtendedError OldAnswer = new(ExtendedErrorCode.StaleAnswer, OldText);

    private static readonly ExtendedError OldAbsence = new(ExtendedErrorCode.StaleNxDomain, OldText);

    private int _refreshing;

    public string Key { get; } = key;

    public RuleOrigin Origin { get; } = origin;

    /// <summary>The last answer; null when there was none.</summary>
    public Answer? Answer { get; init; }

    /// <summary>When it is over, and when it serves no longer even as stale (timestamps).</summary>
    public long ExpiresAt { get; init; }

    public long StaleUntil { get; init; }

    /// <summary>From when on a hit brings a new answer in time.</summary>
    public long PrefetchAt { get; init; } = long.MaxValue;

    /// <summary>The failure since, as it is given on; null when there was none.</summary>
    public Answer? Failure { get; init; }

    public long FailedAt { get; init; }

    /// <summary>Until when nobody is asked again.</summary>
    public long FailedUntil { get; init; }

    /// <summary>Failures in a row.</summary>
    public int Failures { get; init; }

    /// <summary>How often the lines before it were served.</summary>
    public long EarlierHits { get; init; }

    /// <summary>How often this one was served.</summary>
    public long Hits { get; private set; }

    public long TotalHits => EarlierHits + Hits;

    /// <summary>Used since the queue's hand last passed.</summary>
    public bool Visited { get; set; }

    /// <summary>Its neighbours in the queue; the cache's lock guards them.</summary>
    public CacheLine? Newer { get; set; }

    public CacheLine? Older { get; set; }

    /// <summary>Bytes that it takes.</summary>
    public int Size => Overhead + (2 * Key.Length) + SizeOf(Answer, AnswerOverhead) + SizeOf(Failure, FailureOverhead);

    /// <summary>The answer as it is given when it is over: TTLs of 30 seconds and an extended error (RFC 8767 4, RFC 8914 4).</summary>
    public Answer Stale => Answer!.Because(Answer.Rcode == Rcode.NxDomain ? OldAbsence : OldAnswer, CacheTtls.Stale);

    public LineState StateAt(long now)
    {
        if (Answer is not null && now < ExpiresAt) return LineState.Fresh;
        if (Failure is not null && now < FailedUntil) return LineState.Failing;
        return IsStaleAt(now) ? LineState.Stale : LineState.None;
    }

    /// <summary>True where it says that there is nothing, or that nobody could tell: what CoreDNS's cache calls a denial.</summary>
    public bool IsDenial => Answer is not { HasRecords: true };

    /// <summary>True while the answer, over or not, may serve.</summary>
    public bool IsStaleAt(long now) => Answer is not null && now < StaleUntil;

    /// <summary>Notes a use. Uses at the very same moment may count as one: the number only ranks names.</summary>
    public void Touch()
    {
        Hits++;
        if (!Visited) Visited = true;
    }

    /// <summary>True for the first who asks: one refresh is enough.</summary>
    public bool TryBeginRefresh() => Interlocked.Exchange(ref _refreshing, 1) == 0;

    private static int SizeOf(Answer? answer, int overhead) => answer is null ? 0 : overhead + answer.VariableSize;
}
