using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Diagnosis;

/// <summary>One resolution told step by step: what came of it, what it cost, and what is likely wrong.</summary>
/// <param name="NameAsAsked">Wire bytes, in the spelling of the question.</param>
/// <param name="View">From where the question was seen.</param>
/// <param name="Answer">The answer as the client gets it.</param>
public sealed record Explanation(byte[] NameAsAsked, RecordType Type, ClientView View, Answer Answer)
{
    public required IReadOnlyList<TraceStep> Steps { get; init; }

    /// <summary>The candidate that ended the walk through the search list; null where there was no walk, or nothing ended it.</summary>
    public DnsName? Found { get; init; }

    /// <summary>From the question to the answer; what the diagnosis took is not in it.</summary>
    public required TimeSpan Took { get; init; }

    public required ResolutionCost Cost { get; init; }

    /// <summary>What is likely wrong; nothing for a name that is well.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }
}
