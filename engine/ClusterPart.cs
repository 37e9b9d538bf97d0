using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using Microsoft.Extensions.Logging;

namespace KubeDoH.Engine;

/// <summary>The cluster's names and what keeps them up to date: all that the section <c>Kubernetes</c> decides.</summary>
internal sealed class ClusterPart : IDisposable
{
    /// <param name="nodeDomains">The search domains of the node.</param>
    public ClusterPart(KubernetesOptions options, IReadOnlyList<DnsName> nodeDomains, ClusterMeter meter, TimeProvider time, ILoggerFactory loggers)
    {
        Rules = new ClusterRules(options);
        NodeDomains = nodeDomains;
        ClusterAccess? access = ClusterAccess.Choose(options, AccessSurroundings.OfProcess);
        if (!options.IsSnapshot && access is null) return;
        View = new ClusterView(Rules, time, "cluster", meter);
        Feed = access is not null
            ? new ClusterFeed(access, options, View, new WatchTimes(), time, Random.Shared, loggers.CreateLogger<ClusterFeed>())
            : new SnapshotFeed(new SnapshotFiles(options.Snapshot, time), View, time, loggers.CreateLogger<SnapshotFeed>());
    }

    public ClusterRules Rules { get; }

    public IReadOnlyList<DnsName> NodeDomains { get; }

    /// <summary>Null where no cluster is configured.</summary>
    public ClusterView? View { get; }

    /// <summary>Null where no cluster is configured.</summary>
    public IFeed? Feed { get; }

    public void Dispose() => (Feed as IDisposable)?.Dispose();
}
