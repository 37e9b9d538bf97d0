using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Diagnosis.Causes;

/// <summary>The service is there, and has no port of the name or protocol (<c>_port._protocol.service</c>, RFC 2782).</summary>
internal sealed class PortNameCause : ICause
{
    private const int MostEdits = 2;

    public ValueTask<Finding?> FindAsync(Case @case, IReadOnlyList<Finding> before, CancellationToken cancellationToken) =>
        new(@case.IsAbsent && @case.Around.Cluster is { } cluster ? Find(@case, cluster) : null);

    private static Finding? Find(Case @case, ClusterView cluster)
    {
        foreach ((_, ClusterName parts) in @case.InCluster)
        {
            if (parts is not { Namespace: { } space, Service: { } service, Labels.Count: 1 or 2 }) continue;
            if (parts.Labels.Count == 1 && parts.Labels[0][0] != '_') continue;
            if (cluster.FactsOf(space, service) is not { Service.ExternalName: null } facts || Has(facts, parts.Labels)) continue;
            PortObject[] near = [.. facts.NamedPorts.Where(port => IsNear(port, parts.Labels)).Take(NearestNames.Most)];
            string[] names = [.. near.Select(port => NameOf(cluster, facts, port))];
            return new Finding(
                "port-name", FindingWeight.Problem, $"The service {space}/{service} has no port {string.Join(".", parts.Labels)}.")
            {
                Evidence = facts.NamedPorts.Count == 0
                    ? ["its ports have no names, and SRV records are made of names"]
                    : [.. facts.NamedPorts.Select(port => $"it has _{port.Name}._{port.Protocol.ToLowerInvariant()} ({port.Port})")],
                Names = names,
                Try = names.Length > 0
                    ? [@case.Explain(names[0], RecordType.SRV)]
                    : [NextCommand.Shell($"kubectl -n {space} get service {service} -o yaml")],
            };
        }

        return null;
    }

    /// <summary>True for a name that is there, so that only its type is not: the protocol alone too.</summary>
    private static bool Has(ServiceFacts facts, IReadOnlyList<string> labels) => facts.NamedPorts.Any(port =>
        labels[^1] == $"_{port.Protocol.ToLowerInvariant()}" && (labels.Count == 1 || labels[0] == $"_{port.Name}"));

    /// <summary>The name within two edits, or the name of one protocol asked for with another, or without underscores.</summary>
    private static bool IsNear(PortObject port, IReadOnlyList<string> labels)
    {
        string asked = labels[0].TrimStart('_');
        return new EditPattern(asked).DistanceTo(port.Name, MostEdits) <= MostEdits
            || asked == port.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string NameOf(ClusterView cluster, ServiceFacts facts, PortObject port) =>
        $"_{port.Name}._{port.Protocol.ToLowerInvariant()}.{cluster.Rules.ServiceName(facts.Service.Namespace, facts.Service.Name)}";
}
