using System.Security.Cryptography.X509Certificates;

namespace KubeDoH.Engine.Kubernetes;

/// <summary>The API server that the options name by its URL.</summary>
internal static class ServerAccess
{
    public static ClusterAccess Of(KubernetesOptions options)
    {
        var server = new Uri(options.Server!);
        return new ClusterAccess($"server {server.GetLeftPart(UriPartial.Path)}", () => new ApiConnection(server, new ApiCredentials
        {
            Token = options.TokenFile is { } file ? new TokenFile(file).ReadAsync : null,
            Authorities = options.CaFile is { } authority ? ReadAuthorities(authority) : null,
        }));
    }

    /// <summary>Every certificate of a PEM file: while an authority changes, there are two.</summary>
    public static X509Certificate2Collection ReadAuthorities(string file)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        return authorities.Count > 0 ? authorities : throw new InvalidDataException($"{file} holds no certificate");
    }
}
