using KubeDoH.Engine;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Tests.Cluster;

/// <summary>The recorded cluster in tests/Data/cluster.</summary>
internal static class RecordedCluster
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Data", "cluster");

    public static string Snapshot => Path.Combine(Folder, "snapshot.yaml");

    /// <summary>The same objects as the API server's own lists.</summary>
    public static string ApiFolder => Path.Combine(Folder, "api");

    /// <summary>A cluster view that has read the snapshot.</summary>
    public static ClusterView View(Action<KubernetesOptions>? configure = null)
    {
        var options = new KubernetesOptions();
        configure?.Invoke(options);
        var view = new ClusterView(new ClusterRules(options), TimeProvider.System, "cluster");
        Assert.True(new SnapshotFiles([Snapshot], TimeProvider.System).TryReadChanged(out SnapshotReading reading));
        Assert.Empty(reading.Problems);
        view.Replace(reading.Objects);
        return view;
    }
}
