using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Resolution.Listing;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Diagnosis.Causes;

/// <summary>A wildcard entry that answers for a name which the upstreams have too. To tell, the upstreams are asked.</summary>
internal sealed class WildcardHijackCause : ICause
{
    public async ValueTask<Finding?> FindAsync(Case @case, IReadOnlyList<Finding> before, CancellationToken cancellationToken)
    {
        if (@case.Resolved != @case.Name || @case.Deciding is not { } deciding || WildcardOf(deciding) is not { } wildcard) return null;
        if (@case.Around.Forward is not { } forward) return null;
        Answer? outside = await @case.AskAsync(forward, @case.Name, cancellationToken).ConfigureAwait(false);
        if (outside is not { HasRecords: true }) return null;
        return new Finding("wildcard-hijack", FindingWeight.Warning,
            $"The wildcard {wildcard.Name} answers for {@case.Name}, which the upstream servers have too.")
        {
            Evidence =
            [
                $"Entry {wildcard.Name} {RecordTypeText.Write(wildcard.Type!.Value)}, revision {wildcard.Revision}",
                $"the upstream servers have {string.Join(", ", Case.RecordsOf(outside, @case.Name))}",
            ],
            Try = [NextCommand.Get($"/api/v1/entries/{Uri.EscapeDataString(wildcard.Name!)}/{RecordTypeText.Write(wildcard.Type.Value)}")],
        };
    }

    /// <summary>The wildcard entry that a verdict was made from; null when it was none.</summary>
    public static RecordOrigin? WildcardOf(TraceStep step) => step is { Source: "entries", Reason: { } reason }
        ? reason.Origins.FirstOrDefault(origin => origin.Kind == "Entry" && origin.Name!.StartsWith("*.", StringComparison.Ordinal))
        : null;
}
