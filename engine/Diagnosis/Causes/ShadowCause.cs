using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Resolution.Listing;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Diagnosis.Causes;

/// <summary>An entry, or a line of a hosts file, that answers for a name which the cluster has too, and otherwise.</summary>
internal sealed class ShadowCause : ICause
{
    public async ValueTask<Finding?> FindAsync(Case @case, IReadOnlyList<Finding> before, CancellationToken cancellationToken)
    {
        if (!@case.AsksCluster) return null;
        if (@case.Deciding is not { Source: "entries" or "hosts" or "hostAliases" } deciding
            || @case.Around.ClusterSource is not { } cluster)
            return null;
        if (WireName.TopLevel(@case.Resolved.Span).SequenceEqual("\u0004arpa\0"u8)) return null;
        Answer? hidden = await @case.AskAsync(cluster, @case.Resolved, cancellationToken).ConfigureAwait(false);
        if (hidden is not { Rcode: Rcode.NoError }) return null;
        IReadOnlyList<string> records = Case.RecordsOf(hidden, @case.Resolved);
        if (records.Count > 0 && records.Order().SequenceEqual(Case.RecordsOf(deciding.Answer!, @case.Resolved).Order())) return null;
        IReadOnlyList<RecordOrigin> origins = deciding.Reason?.Origins ?? [];
        return new Finding(
            "shadowed", FindingWeight.Warning, $"{What(deciding)} answers in front of the cluster, which has {@case.Resolved} too.")
        {
            Evidence =
            [
                .. origins.Select(origin => Describe(origin)),
                records.Count == 0 ? "the cluster has the name, without this type" : $"the cluster has {string.Join(", ", records)}",
            ],
            Try =
            [
                .. origins.Where(origin => origin.Kind == "Entry").Select(origin =>
                    NextCommand.Delete($"/api/v1/entries/{Uri.EscapeDataString(origin.Name!)}/{RecordTypeText.Write(origin.Type!.Value)}")),
                NextCommand.Get($"/api/v1/records?name={Uri.EscapeDataString(@case.Resolved.ToString())}"),
            ],
        };
    }

    private static string What(TraceStep deciding) => deciding.Source switch
    {
        "entries" => "An entry",
        "hosts" => "A line of a hosts file",
        _ => "A host alias of the pod",
    };

    private static string Describe(RecordOrigin origin) => origin.Kind switch
    {
        "Entry" => $"Entry {origin.Name} {RecordTypeText.Write(origin.Type!.Value)}, revision {origin.Revision}",
        "HostsFile" => $"{origin.File}, line {origin.Line}",
        _ => $"host alias {origin.Name}",
    };
}
