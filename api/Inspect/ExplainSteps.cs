using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Inspect;

/// <summary>One step of a resolution.</summary>
/// <param name="Kind">
/// candidate: a name is tried; source: a source was asked; alias: an alias is followed; cache: what was kept for it.
/// </param>
/// <param name="Name">The name that the step is about.</param>
/// <param name="Type">The type that is asked for.</param>
/// <param name="At">Milliseconds since the question came.</param>
/// <param name="Found">Of a candidate: true for the one that ended the walk.</param>
/// <param name="Source">Of a source: its name in the order.</param>
/// <param name="Verdict">
/// Of a source: not-mine, answer, nodata, nxdomain, servfail, refused or another response code in lower case.
/// </param>
/// <param name="OverruledBy">Of a source's nxdomain: the earlier source that has names below, so that it counts as nodata.</param>
/// <param name="Records">Of a source: the records that it answered with.</param>
/// <param name="Reason">Of a source: why, in words.</param>
/// <param name="Origins">Of a source: what its answer was made from.</param>
/// <param name="Took">Of a source: milliseconds that it took.</param>
/// <param name="Cache">Of the cache: what it had.</param>
internal sealed record ExplainStepDocument(
    string Kind,
    string Name,
    string Type,
    double At,
    bool? Found,
    string? Source,
    string? Verdict,
    string? OverruledBy,
    IReadOnlyList<AnswerRecordDocument>? Records,
    string? Reason,
    IReadOnlyList<OriginDocument>? Origins,
    double? Took,
    ExplainCacheDocument? Cache)
{
    public static ExplainStepDocument Of(TraceStep step, DnsName? found)
    {
        bool isSource = step.Kind == TraceKind.Source;
        return new ExplainStepDocument(
            step.Kind.ToString().ToLowerInvariant(), step.Name.ToString(), RecordTypeText.Write(step.Type),
            ExplainDocument.InMilliseconds(step.At),
            step.Kind == TraceKind.Candidate && found is not null ? step.Name == found : null, step.Source,
            isSource ? VerdictOf(step.Answer) : null,
            step.OverruledBy, step.Answer is { } answer ? AnswerRecordDocument.Read(answer, step.Name.Span, Section.Answer) : null,
            step.Reason?.Text ?? step.Answer?.Error?.Text, isSource ? [.. (step.Reason?.Origins ?? []).Select(OriginDocument.Of)] : null,
            isSource ? ExplainDocument.InMilliseconds(step.Took) : null, ExplainCacheDocument.Of(step.Cache));
    }

    private static string VerdictOf(Answer? answer) => answer switch
    {
        null => "not-mine",
        { Rcode: Rcode.NoError, AnswerCount: > 0 } => "answer",
        { Rcode: Rcode.NoError } => "nodata",
        _ => RcodeText.Write(answer.Rcode).ToLowerInvariant(),
    };
}

/// <summary>What the cache before the upstreams had.</summary>
/// <param name="State">
/// hit; miss: upstreams were asked; shared: an equal question was on its way; stale: beyond its TTL; failed: a failure of a moment ago.
/// </param>
/// <param name="Age">Seconds since it was learnt.</param>
/// <param name="Left">Seconds for which it is still believed.</param>
/// <param name="Upstreams">The servers that were asked.</param>
internal sealed record ExplainCacheDocument(string State, double? Age, double? Left, IReadOnlyList<ExplainTryDocument> Upstreams)
{
    public static ExplainCacheDocument? Of(CacheReading? reading)
    {
        if (reading is null) return null;
        bool kept = reading.State is not (CacheState.Miss or CacheState.Shared);
        return new ExplainCacheDocument(
            reading.State.ToString().ToLowerInvariant(), kept ? InSeconds(reading.Age) : null, kept ? InSeconds(reading.Left) : null,
            [.. (reading.Tries?.Ended ?? []).Select(
                one => new ExplainTryDocument(one.Server, ExplainDocument.InMilliseconds(one.Took), one.Failure))]);
    }

    private static double InSeconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);
}

/// <summary>One question to one server.</summary>
/// <param name="Server">Its address as the configuration writes it.</param>
/// <param name="Milliseconds">From the question to the reply, or to when nobody waited any longer.</param>
/// <param name="Failure">Why there is no answer of it; absent when there is.</param>
internal sealed record ExplainTryDocument(string Server, double Milliseconds, string? Failure);
