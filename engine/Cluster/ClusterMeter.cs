using KubeDoH.Engine.Metrics;

namespace KubeDoH.Engine.Cluster;

/// <summary>
/// How long it took from a change of a service's endpoints, as their controller noted it, until the change was served: the service
/// level indicator that Kubernetes calls DNS programming latency. Clocks that differ show in it.
/// </summary>
internal sealed class ClusterMeter
{
    private readonly Distribution _clusterIP = new(Buckets.LongTimes), _headless = new(Buckets.LongTimes);

    public void Served(bool headless, TimeSpan since) =>
        (headless ? _headless : _clusterIP).Add(Math.Max(0, since.Ticks / TimeSpan.TicksPerMicrosecond));

    public IEnumerable<MetricFamily> Read() =>
    [
        MetricFamily.Histogram("coredns_kubernetes_dns_programming_duration_seconds",
            "Time from a change of endpoints until it is served.",
            MetricSample.Of(_clusterIP.Read(), "service_kind", "cluster_ip"),
            MetricSample.Of(_headless.Read(), "service_kind", "headless_with_selector")),
    ];
}
