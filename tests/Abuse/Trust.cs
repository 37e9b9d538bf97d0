using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using KubeDoH.Tests.Clients;

namespace KubeDoH.Tests.Abuse;

/// <summary>Trusts the certificate that the server made, and no other.</summary>
internal sealed class Trust(ServerProcess server)
{
    private readonly byte[] _trusted = Load(server.Certificate);

    public bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate is not null && certificate.GetRawCertData().AsSpan().SequenceEqual(_trusted);

    private static byte[] Load(string file)
    {
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificateFromFile(file);
        return certificate.RawData;
    }
}
