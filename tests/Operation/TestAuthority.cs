using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KubeDoH.Tests.Operation;

/// <summary>Issues certificates.</summary>
internal sealed class TestAuthority : IDisposable
{
    public const string ServerUse = "1.3.6.1.5.5.7.3.1", ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 _own;

    public TestAuthority(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        _own = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(30));
    }

    public string Pem => _own.ExportCertificatePem() + "\n";

    /// <summary>A certificate with its key.</summary>
    /// <param name="days">Until it ends; below zero it has.</param>
    public X509Certificate2 Issue(string name, string use, int days = 10)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], critical: false));
        DateTimeOffset end = DateTimeOffset.UtcNow.AddDays(days);
        using X509Certificate2 issued = request.Create(_own, end.AddDays(-15), end, RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }

    public void Dispose() => _own.Dispose();
}
