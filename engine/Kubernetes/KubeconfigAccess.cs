using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s;
using k8s.KubeConfigModels;

namespace KubeDoH.Engine.Kubernetes;

/// <summary>
/// The cluster of a kubeconfig's context, with the credentials that the client's package reads: token, client certificate, user and
/// password, or what an exec plugin prints. Several files in KUBECONFIG are one: of two of a name the first counts.
/// </summary>
internal static class KubeconfigAccess
{
    public static bool IsThere(KubernetesOptions options, AccessSurroundings surroundings) =>
        options.Kubeconfig is not null || Files(options, surroundings).Any(File.Exists);

    public static ClusterAccess Of(KubernetesOptions options, AccessSurroundings surroundings)
    {
        string[] files = Files(options, surroundings);
        string context = options.Context is { } named ? $", context {named}" : "";
        return new ClusterAccess($"kubeconfig {string.Join(", ", files)}{context}", () => Open(files, options.Context));
    }

    private static string[] Files(KubernetesOptions options, AccessSurroundings surroundings)
    {
        if (options.Kubeconfig is { } named) return [named];
        string? listed = surroundings.Variable("KUBECONFIG");
        return string.IsNullOrEmpty(listed)
            ? [Path.Combine(surroundings.Home, ".kube", "config")]
            : listed.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
    }

    private static ApiConnection Open(string[] files, string? context)
    {
        K8SConfiguration merged = Merge([.. files.Where(File.Exists).Select(file => Load(file))], files);
        // A proxy in front asks for nothing, and its users have nothing; the package takes that for a mistake.
        foreach (Context item in merged.Contexts)
            if (merged.Users.FirstOrDefault(user => user.Name == item.ContextDetails?.User) is { } known && HasNothing(known))
                item.ContextDetails.User = null;
        KubernetesClientConfiguration read = KubernetesClientConfiguration.BuildConfigFromConfigObject(merged, context);
        return new ApiConnection(new Uri(read.Host), new ApiCredentials
        {
            Token = TokenOf(read),
            Authorities = AuthoritiesOf(merged, context ?? merged.CurrentContext) ?? read.SslCaCerts,
            Certificate = CertificateOf(read),
            AnyServer = read.SkipTlsVerify,
            ServerName = read.TlsServerName,
        });
    }

    private static bool HasNothing(User user) => user.UserCredentials is null or
    {
        Token: null, UserName: null, ClientCertificate: null, ClientCertificateData: null, AuthProvider: null, ExternalExecution: null,
    };

    private static K8SConfiguration Load(string file) => KubernetesClientConfiguration.LoadKubeConfig(new FileInfo(file));

    private static K8SConfiguration Merge(K8SConfiguration[] read, string[] files)
    {
        if (read.Length == 0) throw new FileNotFoundException($"{string.Join(", ", files)}: no such file");
        K8SConfiguration merged = read[0];
        merged.CurrentContext = read.Select(one => one.CurrentContext).FirstOrDefault(name => !string.IsNullOrEmpty(name));
        merged.Clusters = [.. read.SelectMany(one => one.Clusters ?? [])];
        merged.Contexts = [.. read.SelectMany(one => one.Contexts ?? [])];
        merged.Users = [.. read.SelectMany(one => one.Users ?? [])];
        return merged;
    }

    private static Func<CancellationToken, Task<AuthenticationHeaderValue>>? TokenOf(KubernetesClientConfiguration read)
    {
        if (read.TokenProvider is { } provider) return provider.GetAuthenticationHeaderAsync;
        AuthenticationHeaderValue? header = null;
        if (!string.IsNullOrEmpty(read.AccessToken)) header = new AuthenticationHeaderValue("Bearer", read.AccessToken);
        else if (!string.IsNullOrEmpty(read.Username))
            header = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{read.Username}:{read.Password}")));
        return header is null ? null : _ => Task.FromResult(header);
    }

    /// <summary>All authorities in the file's own text: of several the package reads the first alone.</summary>
    private static X509Certificate2Collection? AuthoritiesOf(K8SConfiguration merged, string? context)
    {
        string? name = merged.Contexts.FirstOrDefault(
            item => item.Name.Equals(context, StringComparison.OrdinalIgnoreCase))?.ContextDetails?.Cluster;
        string? data = merged.Clusters.FirstOrDefault(item => item.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?.ClusterEndpoint?.CertificateAuthorityData;
        if (string.IsNullOrEmpty(data)) return null;
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(Encoding.UTF8.GetString(Convert.FromBase64String(data)));
        return authorities.Count > 0 ? authorities : null;
    }

    private static X509Certificate2? CertificateOf(KubernetesClientConfiguration read)
    {
        string? certificate = TextOf(read.ClientCertificateData, read.ClientCertificateFilePath);
        string? key = TextOf(read.ClientCertificateKeyData, read.ClientKeyFilePath);
        return certificate is null || key is null ? null : X509Certificate2.CreateFromPem(certificate, key);
    }

    private static string? TextOf(string? data, string? file)
    {
        if (!string.IsNullOrWhiteSpace(data)) return Encoding.UTF8.GetString(Convert.FromBase64String(data));
        return string.IsNullOrWhiteSpace(file) ? null : File.ReadAllText(file);
    }
}
