using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Engine.Diagnosis.Causes;

/// <summary>
/// A pod was asked for by its name, and has none: only <c>spec.hostname</c> and <c>spec.subdomain</c> together, and a headless service
/// called as the subdomain, give it one (Kubernetes: DNS for Services and Pods).
/// </summary>
internal sealed class PodNameCause : ICause
{
    public async ValueTask<Finding?> FindAsync(Case @case, IReadOnlyList<Finding> before, CancellationToken cancellationToken)
    {
        if (!@case.IsAbsent || before.Any(finding => finding.Kind == "not-ready") || @case.Around.Cluster is not { } cluster) return null;
        foreach ((_, ClusterName parts) in @case.InCluster)
        {
            if (parts is not { Namespace: { } space, Service: { } service, Labels.Count: <= 1 }) continue;
            string label = parts.Labels.Count == 1 ? parts.Labels[0] : service;
            if (parts.Labels.Count == 1 && cluster.FactsOf(space, service) is not null)
                await @case.AwaitPodsAsync(cancellationToken).ConfigureAwait(false);
            if (cluster.FindPod(space, label) is not { Live: true } pod || Why(cluster, pod) is not { } why) continue;
            bool isNamed = pod is { Hostname: not null, Subdomain: not null } && cluster.FactsOf(space, pod.Subdomain) is not null;
            string? name = isNamed
                ? cluster.Rules.ServiceName(space, pod.Subdomain!).Child(System.Text.Encoding.ASCII.GetBytes(pod.Hostname!)).ToString()
                : null;
            return new Finding("pod-name", FindingWeight.Problem, $"The pod {space}/{pod.Name} is there, and {why}.")
            {
                Evidence =
                [
                    $"spec.hostname: {pod.Hostname ?? "none"}", $"spec.subdomain: {pod.Subdomain ?? "none"}",
                    .. pod.IPs.Select(address => $"its address: {address}"),
                ],
                Names = name is null ? [] : [name],
                Try = name is null
                    ?
                    [
                        NextCommand.Shell($"kubectl -n {space} get pod {pod.Name} -o yaml"),
                        NextCommand.Shell($"kubectl -n {space} get services"),
                    ]
                    : [@case.Explain(name)],
            };
        }

        return null;
    }

    private static string Why(ClusterView cluster, PodObject pod) => pod switch
    {
        { Hostname: null, Subdomain: null } => "has no name: neither hostname nor subdomain is set",
        { Hostname: null } => "has no name: its hostname is not set",
        { Subdomain: null } => "has no name: its subdomain is not set",
        _ when cluster.FactsOf(pod.Namespace, pod.Subdomain) is null =>
            $"has no name: no service is called {pod.Subdomain} as its subdomain is",
        _ => "is called otherwise",
    };
}
