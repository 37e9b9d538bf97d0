using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution;

/// <summary>What kind of step a trace line tells.</summary>
public enum TraceKind
{
    /// <summary>A candidate of the search list is tried.</summary>
    Candidate,

    /// <summary>A source gave its verdict.</summary>
    Source,

    /// <summary>An alias is followed.</summary>
    Alias,

    /// <summary>What the cache before the upstreams had.</summary>
    Cache,
}

/// <summary>One step of a resolution, in words.</summary>
/// <param name="Name">The name that the step is about, presentation text.</param>
/// <param name="Detail">The source's or stage's name and its verdict.</param>
public sealed record TraceStep(TraceKind Kind, string Name, RecordType Type, string Detail);

/// <summary>The steps of one resolution as they really ran. A query without a trace pays nothing for it.</summary>
public sealed class ResolutionTrace
{
    private readonly List<TraceStep> _steps = [];

    public IReadOnlyList<TraceStep> Steps => _steps;

    internal void Candidate(Query query) => Add(TraceKind.Candidate, query, "tried");

    internal void Alias(Query query) => Add(TraceKind.Alias, query, "followed");

    internal void Verdict(Query query, string source, Answer? answer) =>
        Add(TraceKind.Source, query, $"{source}: {(answer is null ? "not mine" : answer.Describe())}");

    internal void Cache(Query query, string found) => Add(TraceKind.Cache, query, $"cache: {found}");

    private void Add(TraceKind kind, Query query, string detail) =>
        _steps.Add(new TraceStep(kind, NameText.Write(query.Name), query.Type, detail));
}
