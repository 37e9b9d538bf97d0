using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeDoH.Api.Hosting;

/// <summary>Which certificates clients may show: those of some authorities, for the use of clients, and not over.</summary>
internal sealed class ClientTrust
{
    /// <summary>Extended key usage of TLS clients (RFC 5280 4.2.1.12).</summary>
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2Collection _authorities;
    private readonly bool _required;

    private ClientTrust(X509Certificate2Collection authorities, bool required) => (_authorities, _required) = (authorities, required);

    /// <exception cref="CertificateException">The file cannot be read, or holds no certificate.</exception>
    public static ClientTrust Read(string path, ClientCertificates rule)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new CertificateException($"the authorities {path} cannot be used: {e.Message}", e);
        }

        if (authorities.Count == 0) throw new CertificateException($"the authorities {path} cannot be used: no certificate is in it", null);
        return new ClientTrust(authorities, rule == ClientCertificates.Required);
    }

    public void Apply(SslServerAuthenticationOptions options)
    {
        options.ClientCertificateRequired = true;
        options.RemoteCertificateValidationCallback = (_, certificate, sent, _) => Admits(certificate, sent);
    }

    /// <param name="sent">The chain as the client sent it: certificates between its own and an authority are in it.</param>
    private bool Admits(X509Certificate? certificate, X509Chain? sent)
    {
        if (certificate is null) return !_required;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientUse));
        if (sent is not null) chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        if (certificate is X509Certificate2 known) return chain.Build(known);
        using X509Certificate2 loaded = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return chain.Build(loaded);
    }
}
