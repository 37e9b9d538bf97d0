using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Operation;

/// <summary>Two certificates with their keys, of which one at a time lies in the files that a server reads.</summary>
internal sealed class CertificatePairs(TemporaryFolder folder)
{
    private readonly (string Certificate, string Key, string Fingerprint)[] _pairs = [Make(), Make()];

    public string Path => folder.PathOf("tls.crt");

    public string KeyPath => folder.PathOf("tls.key");

    /// <summary>SHA-256, in hexadecimal digits.</summary>
    public IReadOnlyList<string> Fingerprints => [.. _pairs.Select(pair => pair.Fingerprint)];

    /// <summary>Writes one of them, the certificate first: for a moment the files do not belong together.</summary>
    public void Put(int pair)
    {
        PutCertificate(pair);
        PutKey(pair);
    }

    public void PutCertificate(int pair) => folder.Write("tls.crt", _pairs[pair].Certificate);

    public void PutKey(int pair) => folder.Write("tls.key", _pairs[pair].Key);

    private static (string Certificate, string Key, string Fingerprint) Make()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(90));
        return (made.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem(), made.GetCertHashString(HashAlgorithmName.SHA256));
    }
}
