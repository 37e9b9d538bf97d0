using KubeDoH.Engine.Resolution.Listing;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution;

/// <summary>What kind of step a trace tells.</summary>
public enum TraceKind
{
    /// <summary>A candidate of the search list is tried, or for its sake the other address type.</summary>
    Candidate,

    /// <summary>A source gave its verdict.</summary>
    Source,

    /// <summary>An alias is followed.</summary>
    Alias,

    /// <summary>What the cache before the upstreams had.</summary>
    Cache,
}

/// <summary>One step of a resolution.</summary>
/// <param name="Name">The name that the step is about.</param>
public sealed record TraceStep(TraceKind Kind, DnsName Name, RecordType Type)
{
    /// <summary>When it was, since the trace began.</summary>
    public TimeSpan At { get; init; }

    /// <summary>How long the source took.</summary>
    public TimeSpan Took { get; init; }

    /// <summary>The source whose verdict it is; null for other steps.</summary>
    public string? Source { get; init; }

    /// <summary>What the source said; null for "not mine".</summary>
    public Answer? Answer { get; init; }

    /// <summary>Why it said so; null where there is nothing to say.</summary>
    public VerdictReason? Reason { get; init; }

    /// <summary>The earlier source that knows names below: the source's NXDOMAIN then counts as NODATA.</summary>
    public string? OverruledBy { get; init; }

    /// <summary>What the cache had; null for other steps.</summary>
    public CacheReading? Cache { get; init; }

    /// <summary>The step in a few words.</summary>
    public string Detail => Kind switch
    {
        TraceKind.Candidate => "tried",
        TraceKind.Alias => "followed",
        TraceKind.Cache => $"cache: {Cache!.Describe()}",
        _ => $"{Source}: {(Answer is null ? "not mine" : Answer.Describe())}",
    };
}

/// <summary>Why a source said what it said.</summary>
/// <param name="Text">In a few words; null where the origins say all.</param>
/// <param name="Origins">What the answer was made from.</param>
public sealed record VerdictReason(string? Text, IReadOnlyList<RecordOrigin> Origins)
{
    public VerdictReason(string text)
        : this(text, [])
    {
    }

    public VerdictReason(params IReadOnlyList<RecordOrigin> origins)
        : this(null, origins)
    {
    }
}
