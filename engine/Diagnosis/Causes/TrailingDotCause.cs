using KubeDoH.Engine.Resolution;

namespace KubeDoH.Engine.Diagnosis.Causes;

/// <summary>A complete name that was asked without its last dot: the whole search list was walked in vain before it.</summary>
internal sealed class TrailingDotCause : ICause
{
    public ValueTask<Finding?> FindAsync(Case @case, IReadOnlyList<Finding> before, CancellationToken cancellationToken) =>
        new(Find(@case));

    private static Finding? Find(Case @case)
    {
        if (!@case.HasRecords || @case.Absolute || @case.Resolved != @case.Name || @case.Candidates.Count < 2) return null;
        ResolutionCost cost = ResolutionCost.Of(@case), absolute = ResolutionCost.Of(@case with { Absolute = true });
        string text = @case.Name.ToString();
        return new Finding("trailing-dot", FindingWeight.Hint,
            $"The name is complete: a pod asks {cost.PodQuestions} questions for {text.TrimEnd('.')}, and {absolute.PodQuestions} "
            + $"for {text}")
        {
            Evidence = [.. @case.Candidates.Where(name => name != @case.Name).Select(name => $"asked for in vain: {name}")],
            Names = [text],
            Try = [@case.Explain(text)],
        };
    }
}
