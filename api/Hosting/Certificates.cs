using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeDoH.Api.Hosting;

/// <summary>A certificate with its key, and where it came from.</summary>
/// <param name="Path">The PEM file, absolute.</param>
/// <param name="SelfMade">Clients have to be told to trust it.</param>
internal sealed record ServerCertificate(X509Certificate2 Leaf, X509Certificate2Collection Chain, string Path, bool SelfMade)
{
    /// <summary>SHA-256 of the certificate, as openssl and browsers print it.</summary>
    public string Fingerprint => string.Join(':', Leaf.GetCertHash(HashAlgorithmName.SHA256).Select(octet => octet.ToString("X2")));
}

/// <summary>The certificate of https: the configured one, or one that is made on the first run and kept.</summary>
internal static class Certificates
{
    public const string FileName = "kubedoh.crt";
    public const string KeyFileName = "kubedoh.key";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The longest that every client takes (Apple's limit for certificates that a user trusts).</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(825);

    /// <summary>A certificate that ends sooner is made anew.</summary>
    private static readonly TimeSpan Renewal = TimeSpan.FromDays(30);

    /// <summary>Reads PEM files.</summary>
    /// <exception cref="CertificateException">A file cannot be read, or they do not belong together.</exception>
    public static ServerCertificate Read(string path, string keyPath)
    {
        try
        {
            var leaf = X509Certificate2.CreateFromPemFile(path, keyPath);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(path);
            return new ServerCertificate(leaf, chain, path, SelfMade: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new CertificateException($"the certificate {path} with the key {keyPath} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>
    /// The certificate kept in <paramref name="folder"/>; a new one where there is none that will do for this host and date.
    /// </summary>
    /// <exception cref="CertificateException">The folder cannot be written.</exception>
    public static ServerCertificate ReadOrMake(string folder, string hostName, DateTimeOffset now)
    {
        string path = Path.Combine(folder, FileName), keyPath = Path.Combine(folder, KeyFileName);
        if (TryReadKept(path, keyPath, hostName, now) is { } kept) return kept;
        try
        {
            Directory.CreateDirectory(folder);
            using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using X509Certificate2 made = Make(key, hostName, now);
            Replace(keyPath, key.ExportPkcs8PrivateKeyPem(), OwnerOnly);
            Replace(path, made.ExportCertificatePem(), OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException($"the certificate for https cannot be kept in {folder}: {e.Message}", e);
        }

        return Read(path, keyPath) with { SelfMade = true };
    }

    /// <summary>True where it is time for another one.</summary>
    public static bool EndsSoon(ServerCertificate certificate, DateTimeOffset now) =>
        certificate.Leaf.NotAfter.ToUniversalTime() - now.UtcDateTime <= Renewal;

    private static ServerCertificate? TryReadKept(string path, string keyPath, string hostName, DateTimeOffset now)
    {
        if (!File.Exists(path) || !File.Exists(keyPath)) return null;
        try
        {
            ServerCertificate kept = Read(path, keyPath);
            return !EndsSoon(kept, now) && kept.Leaf.MatchesHostname(hostName) ? kept with { SelfMade = true } : null;
        }
        catch (CertificateException)
        {
            return null;
        }
    }

    /// <summary>A leaf that is its own anchor: no authority, so whoever trusts it trusts this server only.</summary>
    private static X509Certificate2 Make(ECDsa key, string hostName, DateTimeOffset now)
    {
        var request = new CertificateRequest("CN=KubeDoH", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        if (!hostName.Equals("localhost", StringComparison.OrdinalIgnoreCase)) names.AddDnsName(hostName);
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        DateTimeOffset since = now.AddDays(-1);
        return request.CreateSelfSigned(since, since + Lifetime);
    }

    /// <summary>Whole or not at all; the mode holds from the first byte on.</summary>
    private static void Replace(string path, string text, UnixFileMode mode)
    {
        string fresh = path + ".new";
        File.Delete(fresh);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = mode;
        using (var writer = new StreamWriter(fresh, options)) writer.WriteLine(text);
        File.Move(fresh, path, overwrite: true);
    }
}

/// <summary>Why https has no certificate, in a sentence for the operator.</summary>
internal sealed class CertificateException(string message, Exception? inner) : Exception(message, inner);
