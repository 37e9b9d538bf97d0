using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;
using Microsoft.Extensions.Logging;

namespace KubeDoH.Engine;

/// <summary>The cluster's names and what keeps them up to date: all that the section <c>Kubernetes</c> decides.</summary>
internal sealed class ClusterPart : IDisposable
{
    /// <param name="access">The way to the API server; null where there is none.</param>
    /// <param name="node">What pods take over from their node.</param>
    public ClusterPart(
        KubernetesOptions options, ClusterAccess? access, NodeFeed node, ClusterMeter meter, TimeProvider time, ILoggerFactory loggers)
    {
        Rules = new ClusterRules(options);
        Node = node;
        PodViews = options.PodViews;
        Feeds = [node];
        if (!options.IsSnapshot && access is null) return;
        View = new ClusterView(Rules, time, "cluster", meter);
        IFeed feed = access is not null
            ? new ClusterFeed(access, options, View, new WatchTimes(), time, Random.Shared, loggers.CreateLogger<ClusterFeed>())
            : new SnapshotFeed(new SnapshotFiles(options.Snapshot, time), View, time, loggers.CreateLogger<SnapshotFeed>());
        Feeds = [node, feed];
    }

    public ClusterRules Rules { get; }

    public NodeFeed Node { get; }

    public PodViews PodViews { get; }

    /// <summary>Null where no cluster is configured.</summary>
    public ClusterView? View { get; }

    public IReadOnlyList<IFeed> Feeds { get; }

    public void Dispose()
    {
        foreach (IDisposable feed in Feeds.OfType<IDisposable>()) feed.Dispose();
    }
}
