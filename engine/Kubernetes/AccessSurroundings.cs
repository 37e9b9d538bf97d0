namespace KubeDoH.Engine.Kubernetes;

/// <summary>What the process finds around itself that may lead to a cluster.</summary>
/// <param name="Variable">An environment variable, or null.</param>
/// <param name="ServiceAccount">The folder in which a pod finds its token and the cluster's authority.</param>
/// <param name="Home">The user's folder.</param>
internal sealed record AccessSurroundings(Func<string, string?> Variable, string ServiceAccount, string Home)
{
    public static readonly AccessSurroundings OfProcess = new(
        Environment.GetEnvironmentVariable,
        "/var/run/secrets/kubernetes.io/serviceaccount",
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));
}
