using System.Net;

namespace KubeDoH.Engine.Kubernetes;

/// <summary>
/// The cluster of the pod that this process runs in, by the pod's service account (Kubernetes: Accessing the API from a Pod).
/// </summary>
internal static class InClusterAccess
{
    /// <summary>
    /// True in a pod: the variables alone do not say so, as developers have them too; the service account's files must be there.
    /// </summary>
    public static bool IsThere(AccessSurroundings surroundings) =>
        TryReadServer(surroundings, out _) && File.Exists(TokenOf(surroundings)) && File.Exists(AuthorityOf(surroundings));

    public static ClusterAccess Of(AccessSurroundings surroundings)
    {
        string where = TryReadServer(surroundings, out Uri? server)
            ? server!.GetLeftPart(UriPartial.Authority)
            : "no server in the environment";
        return new ClusterAccess($"the pod's own cluster, {where}", () => new ApiConnection(
            server ?? throw new InvalidDataException(
                "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT do not name a server: is this a pod?"),
            new ApiCredentials
            {
                Token = new TokenFile(TokenOf(surroundings)).ReadAsync,
                Authorities = ServerAccess.ReadAuthorities(AuthorityOf(surroundings)),
            }));
    }

    private static bool TryReadServer(AccessSurroundings surroundings, out Uri? server)
    {
        server = null;
        string? host = surroundings.Variable("KUBERNETES_SERVICE_HOST"), port = surroundings.Variable("KUBERNETES_SERVICE_PORT");
        if (string.IsNullOrEmpty(host) || !ushort.TryParse(port, out ushort number)) return false;
        bool isV6 = IPAddress.TryParse(host, out _) && host.Contains(':');
        return Uri.TryCreate($"https://{(isV6 ? $"[{host.Trim('[', ']')}]" : host)}:{number}", UriKind.Absolute, out server);
    }

    private static string TokenOf(AccessSurroundings surroundings) => Path.Combine(surroundings.ServiceAccount, "token");

    private static string AuthorityOf(AccessSurroundings surroundings) => Path.Combine(surroundings.ServiceAccount, "ca.crt");
}
