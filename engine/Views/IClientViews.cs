using KubeDoH.Engine.Resolution;

namespace KubeDoH.Engine.Views;

/// <summary>Whether a view that a caller names can be taken.</summary>
public enum ViewVerdict
{
    Found,

    /// <summary>There is no such namespace.</summary>
    Unknown,

    /// <summary>The cluster is not all known yet, so the namespace may exist.</summary>
    NotSynced,
}

/// <summary>Finds the view that a caller names.</summary>
public interface IClientViews
{
    ViewVerdict TryNamespace(string name, out ClientView view);
}
