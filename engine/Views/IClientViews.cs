using KubeDoH.Engine.Resolution;

namespace KubeDoH.Engine.Views;

/// <summary>Whether there is a view of that name.</summary>
public enum ViewVerdict
{
    Found,

    /// <summary>No such namespace, and the cluster is known well enough to say so.</summary>
    Unknown,

    /// <summary>The cluster has not been read yet: nobody can tell.</summary>
    NotSynced,
}

/// <summary>Finds the view that a caller names.</summary>
public interface IClientViews
{
    /// <summary>The view of a pod with the cluster-first DNS policy in namespace <paramref name="name"/>; null unless found.</summary>
    ViewVerdict TryNamespace(string name, out ClientView? view);
}
