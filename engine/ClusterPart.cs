using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;
using Microsoft.Extensions.Logging;

namespace KubeDoH.Engine;

/// <summary>The cluster's names and what keeps them up to date: all that the section <c>Kubernetes</c> decides.</summary>
internal sealed class ClusterPart : IDisposable
{
    /// <param name="node">The node's own files.</param>
    public ClusterPart(KubernetesOptions options, NodeFiles node, ClusterMeter meter, TimeProvider time, ILoggerFactory loggers)
    {
        Rules = new ClusterRules(options);
        Node = node;
        ClusterAccess? access = ClusterAccess.Choose(options, AccessSurroundings.OfProcess);
        if (!options.IsSnapshot && access is null) return;
        View = new ClusterView(Rules, time, "cluster", meter);
        Feed = access is not null
            ? new ClusterFeed(access, options, View, new WatchTimes(), time, Random.Shared, loggers.CreateLogger<ClusterFeed>())
            : new SnapshotFeed(new SnapshotFiles(options.Snapshot, time), View, time, loggers.CreateLogger<SnapshotFeed>());
    }

    public ClusterRules Rules { get; }

    public NodeFiles Node { get; }

    /// <summary>Null where no cluster is configured.</summary>
    public ClusterView? View { get; }

    /// <summary>Null where no cluster is configured.</summary>
    public IFeed? Feed { get; }

    public void Dispose() => (Feed as IDisposable)?.Dispose();
}
