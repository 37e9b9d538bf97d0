using System.Text;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Diagnosis.Causes;

/// <summary>A service of the name is there, in another namespace than the one it was looked for in.</summary>
internal sealed class OtherNamespaceCause : ICause
{
    public ValueTask<Finding?> FindAsync(Case @case, IReadOnlyList<Finding> before, CancellationToken cancellationToken) =>
        new(@case is { IsAbsent: true, AsksCluster: true } && @case.Around.Cluster is { } cluster ? Find(@case, cluster) : null);

    private static Finding? Find(Case @case, ClusterView cluster)
    {
        foreach ((_, ClusterName parts) in @case.InCluster)
        {
            if (parts is not { Namespace: { } space, Service: { } service } || cluster.FactsOf(space, service) is not null) continue;
            if (Of(@case, cluster, service, parts.Labels, $"the namespace {space}") is { } finding) return finding;
        }

        // Without a search list a service's short name never comes near the cluster.
        if (@case.View.SearchList.Count > 0 || @case.Absolute) return null;
        string[] labels = [.. LabelsOf(@case.Name)];
        if (labels.Length == 1) return Of(@case, cluster, labels[0], [], "no namespace: say from which with ns=");
        return labels is [var name, var where] && cluster.FactsOf(where, name) is not null
            ? Of(@case, cluster, name, [], "no namespace: say from which with ns=", where)
            : null;
    }

    private static Finding? Of(
        Case @case, ClusterView cluster, string service, IReadOnlyList<string> below, string lookedIn, string? only = null)
    {
        string[] spaces = [.. cluster.NamespacesWith(service).Where(space => only is null || space == only).Take(NearestNames.Most)];
        if (spaces.Length == 0) return null;
        DnsName[] names = [.. spaces.Select(space => below.Reverse().Aggregate(
            cluster.Rules.ServiceName(space, service), (name, label) => name.Child(Encoding.Latin1.GetBytes(label))))];
        string where = spaces.Length == 1 ? $"the namespace {spaces[0]}" : $"{spaces.Length} other namespaces";
        return new Finding(
            "other-namespace", FindingWeight.Problem, $"There is a service {service} in {where}; it was looked for in {lookedIn}.")
        {
            Evidence = [.. spaces.Select(space => $"Service {space}/{service}")],
            Names = [.. names.Select(name => name.ToString())],
            Try = [.. names.Take(1).Select(name => @case.Explain(name.ToString()))],
        };
    }

    private static IEnumerable<string> LabelsOf(DnsName name)
    {
        for (; name != DnsName.Root; name = name.Parent()) yield return Encoding.Latin1.GetString(WireName.FirstLabel(name.Span));
    }
}
