using System.Globalization;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Diagnosis.Causes;

/// <summary>That a name, or its type, is not there was learnt from an upstream a while ago, and is still believed (RFC 2308 5).</summary>
internal sealed class CachedAbsenceCause : ICause
{
    public ValueTask<Finding?> FindAsync(Case @case, IReadOnlyList<Finding> before, CancellationToken cancellationToken) =>
        new(before.Any(finding => finding.Weight == FindingWeight.Problem) ? null : Find(@case));

    private static Finding? Find(Case @case)
    {
        if (!@case.IsAbsent) return null;
        IReadOnlyList<TraceStep> steps = @case.Trace.Steps;
        for (int i = 0; i + 1 < steps.Count; i++)
        {
            if (steps[i].Cache is not { State: CacheState.Hit } reading || steps[i].Type != @case.Type) continue;
            if (steps[i + 1] is not { Source: ForwardSource.SourceName, Answer: { AnswerCount: 0 } absence }) continue;
            string what = absence.Rcode == Rcode.NxDomain ? "does not exist" : $"has no {RecordTypeText.Write(@case.Type)}";
            return new Finding("cached-absence", FindingWeight.Hint, string.Create(CultureInfo.InvariantCulture,
                $"That {steps[i].Name} {what} was learnt {reading.Age.TotalSeconds:0} s ago and is believed for another "
                + $"{reading.Left.TotalSeconds:0} s."))
            {
                Evidence = ["whoever has made the name meanwhile has to wait, or to flush it"],
                Try = [NextCommand.Delete($"/api/v1/cache/{Uri.EscapeDataString(steps[i].Name.ToString())}")],
            };
        }

        return null;
    }
}
