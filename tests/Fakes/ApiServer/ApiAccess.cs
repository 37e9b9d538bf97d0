using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace KubeDoH.Tests.Fakes.ApiServer;

/// <summary>The files that tell a client how to reach the server.</summary>
internal static class ApiAccess
{
    /// <summary>A kubeconfig with one context; what is null is left out.</summary>
    /// <param name="file">Written; its folder exists.</param>
    public static string WriteKubeconfig(
        this FakeApiServer server, string file, string context = "fake", string? token = null, X509Certificate2? client = null)
    {
        var text = new StringBuilder();
        text.Append("apiVersion: v1\nkind: Config\ncurrent-context: ").Append(context)
            .Append("\nclusters:\n- name: fake\n  cluster:\n    server: ").Append(server.Address).Append('\n');
        if (server.AuthorityPem is { } authority) text.Append("    certificate-authority-data: ").Append(Base64(authority)).Append('\n');
        text.Append("contexts:\n- name: ").Append(context).Append("\n  context:\n    cluster: fake\n    user: tester\n");
        text.Append("users:\n- name: tester\n  user:").Append(token is null && client is null ? " {}\n" : "\n");
        if (token is not null) text.Append("    token: ").Append(token).Append('\n');
        if (client is not null)
        {
            text.Append("    client-certificate-data: ").Append(Base64(client.ExportCertificatePem())).Append('\n');
            text.Append("    client-key-data: ").Append(Base64(client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem())).Append('\n');
        }

        File.WriteAllText(file, text.ToString());
        return file;
    }

    /// <summary>The folder that the kubelet mounts into a pod: token, ca.crt, namespace.</summary>
    public static string WriteServiceAccount(this FakeApiServer server, string folder, string token)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "token"), token);
        File.WriteAllText(Path.Combine(folder, "namespace"), "kubedoh");
        if (server.AuthorityPem is { } authority) File.WriteAllText(Path.Combine(folder, "ca.crt"), authority);
        return folder;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));
}
