using KubeDoH.Engine.Resolution;

namespace KubeDoH.Engine.Views;

/// <summary>Whether a view that a caller names can be taken.</summary>
public enum ViewVerdict
{
    Found,

    /// <summary>There is no such namespace.</summary>
    Unknown,

    /// <summary>The namespace is there, and has no such pod.</summary>
    UnknownPod,

    /// <summary>The cluster is not all known yet, so the namespace may exist.</summary>
    NotSynced,

    /// <summary>The pods are being read, so the pod may exist (<see cref="IClientViews.AwaitPodsAsync"/>).</summary>
    PodsComing,

    /// <summary>The API server does not let the pods be read.</summary>
    PodsRefused,

    /// <summary>Pods are not read (<c>Kubernetes:PodViews</c>).</summary>
    PodsOff,
}

/// <summary>Finds the view that a caller names. A view is made once and kept until what it was made of changes.</summary>
public interface IClientViews
{
    /// <summary>As a pod of the namespace with the usual settings sees (dnsPolicy ClusterFirst).</summary>
    ViewVerdict TryNamespace(string name, out ClientView view);

    /// <summary>As one pod sees: its hosts file first, then what its dnsPolicy and dnsConfig make of its resolv.conf.</summary>
    ViewVerdict TryPod(string @namespace, string name, out ClientView view);

    /// <summary>Waits a moment for pods that are being read; who looks for the first pod has them read.</summary>
    Task AwaitPodsAsync(CancellationToken cancellationToken);
}
