using System.Net;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Diagnosis.Causes;

/// <summary>An ExternalName service whose target does not exist, leads back, or is an address, which no alias can lead to.</summary>
internal sealed class ExternalNameCause : ICause
{
    public ValueTask<Finding?> FindAsync(Case @case, IReadOnlyList<Finding> before, CancellationToken cancellationToken) =>
        new(!@case.HasRecords && @case.Around.Cluster is { } cluster ? Find(@case, cluster) : null);

    private static Finding? Find(Case @case, ClusterView cluster)
    {
        foreach ((DnsName name, ClusterName parts) in @case.InCluster)
        {
            if (parts is not { Namespace: { } space, Service: { } service, Labels.Count: 0 }) continue;
            if (cluster.FactsOf(space, service) is not { Service.ExternalName: { } target }) continue;
            if (!@case.Trace.Steps.Any(step => step.Name == name && step.Kind == TraceKind.Source && step.Answer is not null)) continue;
            bool isAddress = IPAddress.TryParse(target, out _);
            if (What(@case, isAddress) is not { } what) return null;
            return new Finding(
                "external-name", FindingWeight.Problem, $"The service {space}/{service} is an ExternalName, and its target {what}.")
            {
                Evidence = [$"Service {space}/{service}: externalName {target}"],
                Try =
                [
                    .. isAddress ? [] : (NextCommand[])[@case.Explain($"{target.TrimEnd('.')}.")],
                    NextCommand.Shell($"kubectl -n {space} get service {service} -o yaml"),
                ],
            };
        }

        return null;
    }

    private static string? What(Case @case, bool isAddress) => @case.Answer switch
    {
        _ when isAddress => "is an address: only a name can be one; an EndpointSlice of one's own takes an address",
        { Source: AliasChaser.SourceName } => "leads in circles, or through too many aliases",
        { Rcode: Rcode.NxDomain } => "does not exist",
        { Rcode: Rcode.ServFail } => "cannot be resolved",
        _ => null,
    };
}
