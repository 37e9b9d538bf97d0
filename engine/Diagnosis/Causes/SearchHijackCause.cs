using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Diagnosis.Causes;

/// <summary>
/// A name of the world outside was found below a search domain: a wildcard there, most often, answers for it. Of names that the cluster
/// itself has nothing is asked outside.
/// </summary>
internal sealed class SearchHijackCause : ICause
{
    public async ValueTask<Finding?> FindAsync(Case @case, IReadOnlyList<Finding> before, CancellationToken cancellationToken)
    {
        if (!@case.HasRecords || @case.Trace.Found is not { } found || found == @case.Name) return null;
        if (WireName.LabelCount(@case.Name.Span) < 2 || @case.Deciding is not { } deciding || !MayBeWildcard(deciding)) return null;
        ClientView absolute = @case.View with { SearchList = [] };
        Answer outside = await @case.AskAsync(@case.Name, @case.Type, absolute, cancellationToken).ConfigureAwait(false);
        if (!outside.HasRecords) return null;
        string suffix = found.ToString()[(@case.Name.ToString().Length)..];
        return new Finding("search-hijack", FindingWeight.Warning,
            $"{@case.Name} exists, and is not what was found: the search domain {suffix} answers first.")
        {
            Evidence =
            [
                $"{found}: {string.Join(", ", Case.RecordsOf(deciding.Answer!, found))} from {deciding.Source}",
                $"{@case.Name}: {string.Join(", ", Case.RecordsOf(outside, @case.Name))} from {outside.Source}",
            ],
            Names = [@case.Name.ToString()],
            Try = [@case.Explain(@case.Name.ToString())],
        };
    }

    private static bool MayBeWildcard(TraceStep deciding) =>
        deciding.Source == ForwardSource.SourceName || WildcardHijackCause.WildcardOf(deciding) is not null;
}
