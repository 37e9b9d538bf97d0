using System.Text;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Views;

/// <summary>Finds the namespace or the pod as which a caller wants to see.</summary>
/// <param name="cluster">Null when no cluster is configured.</param>
internal sealed class ViewSubjects(ClusterView? cluster, PodViews pods, TimeProvider time)
{
    /// <summary>The first list of a cluster's pods comes within it, but for that of a large one: who asked then comes again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public ViewVerdict Judge(string @namespace)
    {
        if (cluster is null) return ViewVerdict.Unknown;
        bool isLabel = @namespace.Length is > 0 and <= WireName.MaxLabel && Ascii.IsValid(@namespace)
            && !@namespace.Contains('.', StringComparison.Ordinal);
        Span<byte> label = stackalloc byte[WireName.MaxLabel];
        if (isLabel && cluster.HasNamespace(label[..Encoding.ASCII.GetBytes(@namespace, label)])) return ViewVerdict.Found;
        return cluster.Synced ? ViewVerdict.Unknown : ViewVerdict.NotSynced;
    }

    /// <summary>The pod, which is null unless it is found.</summary>
    public ViewVerdict TryFind(string @namespace, string name, out PodObject? pod)
    {
        pod = null;
        ViewVerdict verdict = Judge(@namespace);
        if (verdict != ViewVerdict.Found) return verdict;
        if (pods == PodViews.Off) return ViewVerdict.PodsOff;
        pod = cluster!.FindPod(@namespace, name);
        if (pod is not null) return ViewVerdict.Found;
        if (cluster.Pods.Known) return ViewVerdict.UnknownPod;
        cluster.Pods.Want();
        return cluster.Pods.MissingPermission is null ? ViewVerdict.PodsComing : ViewVerdict.PodsRefused;
    }

    public Task AwaitPodsAsync(CancellationToken cancellationToken) =>
        cluster is null || pods == PodViews.Off ? Task.CompletedTask : cluster.Pods.SettleAsync(Patience, time, cancellationToken);

    /// <summary>The namespaces that may have been meant, or the pods of the namespace.</summary>
    public IReadOnlyList<string> Near(string @namespace, string? pod) => cluster is null ? [] : pod is null
        ? NearNames.To(@namespace, cluster.NamespaceNames())
        : NearNames.To(pod, cluster.PodNamesIn(@namespace));
}
