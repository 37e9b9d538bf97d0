using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeDoH.Engine.Forward.Exchanges;

/// <summary>
/// Which certificates of upstreams are believed: for the name or address configured, signed by a root of the system or of
/// <c>Forward:CaFile</c> (RFC 8310 8.1). Nothing is fetched to find that out: there may be no way to resolve a name yet.
/// </summary>
internal sealed class ServerTrust
{
    private readonly X509Certificate2Collection _roots;

    private ServerTrust(X509Certificate2Collection roots) => _roots = roots;

    /// <summary>The roots of the system alone.</summary>
    public static ServerTrust System { get; } = new([]);

    /// <summary>Reads the roots of a PEM file beside the system's; a sentence when it cannot be read or holds none.</summary>
    public static bool TryRead(string? file, [NotNullWhen(true)] out ServerTrust? trust, [NotNullWhen(false)] out string? error)
    {
        trust = System;
        error = null;
        if (file is null) return true;
        var roots = new X509Certificate2Collection();
        try
        {
            roots.ImportFromPemFile(file);
            if (roots.Count == 0) error = $"Forward:CaFile: {file} holds no certificate";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            error = $"Forward:CaFile: {e.Message}";
        }

        trust = error is null ? new ServerTrust(roots) : null;
        return error is null;
    }

    public SslClientAuthenticationOptions Options(UpstreamServer server) => new()
    {
        TargetHost = server.Name ?? server.EndPoint.Address.ToString(),
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = Policy(),
    };

    private X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        if (_roots.Count == 0) return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(_roots);
        using var store = new X509Store(StoreName.Root, StoreLocation.LocalMachine, OpenFlags.ReadOnly);
        policy.CustomTrustStore.AddRange(store.Certificates);
        return policy;
    }
}
