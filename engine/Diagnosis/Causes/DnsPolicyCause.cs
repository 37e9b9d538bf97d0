using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;

namespace KubeDoH.Engine.Diagnosis.Causes;

/// <summary>A pod whose dnsPolicy keeps it from the cluster's names, though its namespace would find this one.</summary>
internal sealed class DnsPolicyCause : ICause
{
    public async ValueTask<Finding?> FindAsync(Case @case, IReadOnlyList<Finding> before, CancellationToken cancellationToken)
    {
        if (@case.Pod is not { } pod || @case.Around.Views is not { } views || PolicyOf(pod) is not { } policy) return null;
        if (@case.HasRecords && @case.Deciding is { Source: not Forward.ForwardSource.SourceName }) return null;
        if (views.TryNamespace(pod.Namespace, out ClientView view) != ViewVerdict.Found) return null;
        Answer usual = await @case.AskAsync(@case.Name, @case.Type, view, cancellationToken).ConfigureAwait(false);
        if (!usual.HasRecords || usual.Source == Forward.ForwardSource.SourceName) return null;
        string mend = pod.HostNetwork ? "ClusterFirstWithHostNet" : "ClusterFirst";
        return new Finding("dns-policy", FindingWeight.Problem,
            $"The pod {pod.Namespace}/{pod.Name} does not ask the cluster: its {policy}. Other pods of the namespace find the name.")
        {
            Evidence =
            [
                $"the pod's search list: {(@case.View.SearchList.Count == 0 ? "none" : string.Join(" ", @case.View.SearchList))}",
                $"it asks the cluster with dnsPolicy: {mend}",
                $"the namespace finds {string.Join(", ", Case.RecordsOf(usual, @case.Name))}",
            ],
            Try =
            [
                NextCommand.Get($"/api/v1/explain?name={Uri.EscapeDataString(@case.Name.ToString().TrimEnd('.'))}&ns={pod.Namespace}"),
                NextCommand.Shell($"kubectl -n {pod.Namespace} get pod {pod.Name} -o jsonpath={{.spec.dnsPolicy}}"),
            ],
        };
    }

    /// <summary>What keeps the pod from the cluster; null for one that asks it.</summary>
    private static string? PolicyOf(PodObject pod) => pod switch
    {
        { DnsPolicy: "Default" or "None" } => $"dnsPolicy is {pod.DnsPolicy}",
        { DnsPolicy: "ClusterFirst", HostNetwork: true } =>
            "dnsPolicy is ClusterFirst, and with hostNetwork that means the node's resolv.conf",
        _ => null,
    };
}
