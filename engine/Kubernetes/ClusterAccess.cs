namespace KubeDoH.Engine.Kubernetes;

/// <summary>A way to an API server.</summary>
/// <param name="Description">For the start line: which way it is, and where it leads.</param>
/// <param name="Open">
/// Reads the credentials as they are now. It may run a program and take minutes, and throws what files, certificates and programs
/// throw: what it throws is a sentence for the operator.
/// </param>
internal sealed record ClusterAccess(string Description, Func<ApiConnection> Open)
{
    /// <summary>The way that the options name or, where they leave it open, the first that is there; null for none.</summary>
    public static ClusterAccess? Choose(KubernetesOptions options, AccessSurroundings surroundings) => options.Mode switch
    {
        KubernetesMode.Server => ServerAccess.Of(options),
        KubernetesMode.InCluster => InClusterAccess.Of(surroundings),
        KubernetesMode.Kubeconfig => KubeconfigAccess.Of(options, surroundings),
        KubernetesMode.Auto when options.IsSnapshot => null,
        KubernetesMode.Auto when options.Server is not null => ServerAccess.Of(options),
        KubernetesMode.Auto when InClusterAccess.IsThere(surroundings) => InClusterAccess.Of(surroundings),
        KubernetesMode.Auto when KubeconfigAccess.IsThere(options, surroundings) => KubeconfigAccess.Of(options, surroundings),
        _ => null,
    };
}
