using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution;

/// <summary>The steps of one resolution as they really ran. A query without a trace pays nothing for it.</summary>
public sealed class ResolutionTrace(TimeProvider time)
{
    private readonly long _startedAt = time.GetTimestamp();
    private readonly List<TraceStep> _steps = [];

    /// <summary>When the source that is asked now was asked.</summary>
    private TimeSpan _askedAt;

    public IReadOnlyList<TraceStep> Steps => _steps;

    /// <summary>The candidate that ended the walk through a search list; null where there was no walk, or nothing ended it.</summary>
    public DnsName? Found { get; private set; }

    /// <summary>Since the trace began.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_startedAt);

    internal void Candidate(Query query) => Add(new TraceStep(TraceKind.Candidate, DnsName.Copy(query.Name), query.Type));

    internal void Alias(Query query) => Add(new TraceStep(TraceKind.Alias, DnsName.Copy(query.Name), query.Type));

    internal void Cache(Query query, CacheReading reading) =>
        Add(new TraceStep(TraceKind.Cache, DnsName.Copy(query.Name), query.Type) { Cache = reading }, asks: false);

    /// <param name="overruledBy">The earlier source that knows the name, so that its NXDOMAIN is NODATA.</param>
    internal void Verdict(Query query, IRecordSource source, Answer? answer, string? overruledBy) =>
        Add(new TraceStep(TraceKind.Source, DnsName.Copy(query.Name), query.Type)
        {
            Source = source.Name,
            Answer = answer,
            Reason = source.Reason(query, answer),
            OverruledBy = overruledBy,
            Took = Elapsed - _askedAt,
        });

    internal void EndWalk(Query candidate) => Found = DnsName.Copy(candidate.Name);

    /// <param name="asks">True for a step behind which the next source is asked.</param>
    private void Add(TraceStep step, bool asks = true)
    {
        TimeSpan now = Elapsed;
        _steps.Add(step with { At = now });
        if (asks) _askedAt = now;
    }
}
