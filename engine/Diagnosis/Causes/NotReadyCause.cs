using System.Net;
using KubeDoH.Engine.Cluster;

namespace KubeDoH.Engine.Diagnosis.Causes;

/// <summary>
/// A service without a ready endpoint: a headless one does not exist then, and one with an address leads to nobody. Or the very
/// endpoint that was asked for is not ready.
/// </summary>
internal sealed class NotReadyCause : ICause
{
    private const int MostShown = 5;

    public async ValueTask<Finding?> FindAsync(Case @case, IReadOnlyList<Finding> before, CancellationToken cancellationToken)
    {
        if (@case.Around.Cluster is not { } cluster) return null;
        foreach ((_, ClusterName parts) in @case.InCluster)
        {
            if (parts is not { Namespace: { } space, Service: { } service } || cluster.FactsOf(space, service) is not { } facts) continue;
            if (facts.Service.ExternalName is not null) continue;
            UnreadyEndpoint[] asked = [.. facts.Unready.Where(
                endpoint => !@case.HasRecords && parts.Labels is [var label] && IsCalled(endpoint, label))];
            if (facts.IsReady && asked.Length == 0) continue;
            UnreadyEndpoint[] unready = asked.Length > 0 ? asked : [.. facts.Unready];
            if (unready.Length > 0) await @case.AwaitPodsAsync(cancellationToken).ConfigureAwait(false);
            return new Finding("not-ready", FindingWeight.Problem, Text(facts, asked.Length > 0))
            {
                Evidence = unready.Length == 0
                    ? ["no EndpointSlice has an endpoint for it: its selector matches no pod"]
                    : [.. unready.Take(MostShown).Select(endpoint => Describe(cluster, space, endpoint)), .. More(unready)],
                Try =
                [
                    NextCommand.Shell($"kubectl -n {space} get endpointslices -l kubernetes.io/service-name={service}"),
                    unready.FirstOrDefault(endpoint => endpoint.Pod is not null) is { } first
                        ? NextCommand.Shell($"kubectl -n {space} describe pod {first.Pod}")
                        : NextCommand.Shell($"kubectl -n {space} get service {service} -o jsonpath={{.spec.selector}}"),
                ],
            };
        }

        return null;
    }

    private static string Text(ServiceFacts facts, bool isEndpoint)
    {
        string name = $"{facts.Service.Namespace}/{facts.Service.Name}";
        if (isEndpoint) return $"The endpoint of the service {name} is there, but not ready: it has no name until it is.";
        return facts.Service.Headless
            ? $"The service {name} is headless and no endpoint is ready: it has no name until one is."
            : $"The service {name} has no ready endpoint: its address leads to nobody.";
    }

    private static bool IsCalled(UnreadyEndpoint endpoint, string label) =>
        label == endpoint.Hostname || label == endpoint.Pod || label == new EndpointEntry(endpoint.Address, null, false).LabelText;

    private static string Describe(ClusterView cluster, string space, UnreadyEndpoint endpoint)
    {
        var address = new IPAddress(endpoint.Address.ToData());
        if (endpoint.Pod is not { } pod) return $"{address} is not ready";
        string why = endpoint.Terminating ? "on its way out" : cluster.FindPod(space, pod)?.NotReady ?? "not ready";
        return $"Pod {space}/{pod} ({address}): {why}";
    }

    private static string[] More(UnreadyEndpoint[] unready) => unready.Length > MostShown ? [$"and {unready.Length - MostShown} more"] : [];
}
