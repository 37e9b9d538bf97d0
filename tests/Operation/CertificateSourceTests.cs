using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeDoH.Api.Hosting;
using KubeDoH.Tests.Fakes;
using KubeDoH.Tests.Files;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Operation;

/// <summary>Certificates that change under a server that runs.</summary>
public sealed class CertificateSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LogLines _log = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_that_change_are_shown_once_they_belong_together()
    {
        var pairs = new CertificatePairs(_folder);
        pairs.Put(0);
        using CertificateSource source = Open(
            new ListenOptions { Certificate = pairs.Path, CertificateKey = pairs.KeyPath }, TimeProvider.System);
        Assert.Equal(pairs.Fingerprints[0], Shown(source));

        pairs.PutCertificate(1);
        source.Look();
        Assert.Equal(pairs.Fingerprints[0], Shown(source));
        Assert.StartsWith($"Warning: Certificate: the certificate {pairs.Path} with the key {pairs.KeyPath} cannot be used: ",
            _log.All.Single(), StringComparison.Ordinal);
        Assert.EndsWith("; the one before stays in use", _log.All.Single(), StringComparison.Ordinal);

        pairs.PutKey(1);
        source.Look();
        Assert.Equal(pairs.Fingerprints[1], Shown(source));
        Assert.StartsWith("Information: Certificate: a new one is in use, SHA-256 ", _log.All[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB")]
    public void File_that_is_half_written_leaves_the_one_before(string half)
    {
        var pairs = new CertificatePairs(_folder);
        pairs.Put(0);
        using CertificateSource source = Open(
            new ListenOptions { Certificate = pairs.Path, CertificateKey = pairs.KeyPath }, TimeProvider.System);

        _folder.Write("tls.crt", half);
        source.Look();

        Assert.Equal(pairs.Fingerprints[0], Shown(source));
        Assert.Single(_log.All);
        source.Look();
        Assert.Single(_log.All);
    }

    [Fact]
    public void Certificate_that_was_made_here_is_made_anew_before_it_ends()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using CertificateSource source = Open(new ListenOptions(), time);
        ServerCertificate first = source.Current;

        time.Advance(TimeSpan.FromDays(780));
        source.Look();
        Assert.Same(first, source.Current);

        time.Advance(TimeSpan.FromDays(20));
        source.Look();
        Assert.NotEqual(first.Fingerprint, source.Current.Fingerprint);
        Assert.True(source.Current.Leaf.NotAfter > first.Leaf.NotAfter);
        Assert.True(source.Current is { SelfMade: true, Leaf.HasPrivateKey: true });
    }

    [Theory]
    [InlineData(ClientCertificates.Required, "good", true)]
    [InlineData(ClientCertificates.Required, "none", false)]
    [InlineData(ClientCertificates.Required, "stranger", false)]
    [InlineData(ClientCertificates.Required, "server", false)]
    [InlineData(ClientCertificates.Required, "expired", false)]
    [InlineData(ClientCertificates.Optional, "good", true)]
    [InlineData(ClientCertificates.Optional, "none", true)]
    [InlineData(ClientCertificates.Optional, "stranger", false)]
    public async Task Clients_are_held_to_their_authorities(object rule, string shown, bool letIn)
    {
        using var authority = new TestAuthority("our authority");
        using var stranger = new TestAuthority("another authority");
        string ca = _folder.Write("clients.pem", authority.Pem);
        await using TlsHost host = await TlsHost.StartAsync(Open(
            new ListenOptions { ClientCa = ca, ClientCertificates = (ClientCertificates)rule }, TimeProvider.System));
        using X509Certificate2? certificate = shown switch
        {
            "none" => null,
            "stranger" => stranger.Issue("client", TestAuthority.ClientUse),
            "server" => authority.Issue("client", TestAuthority.ServerUse),
            "expired" => authority.Issue("client", TestAuthority.ClientUse, days: -1),
            _ => authority.Issue("client", TestAuthority.ClientUse),
        };

        HttpStatusCode? status = await host.AskAsync(certificate);

        Assert.Equal(letIn ? HttpStatusCode.OK : null, status);
    }

    [Fact]
    public async Task Authorities_that_change_hold_for_the_next_connection()
    {
        using var first = new TestAuthority("first authority");
        using var second = new TestAuthority("second authority");
        string ca = _folder.Write("clients.pem", first.Pem);
        CertificateSource source = Open(new ListenOptions { ClientCa = ca }, TimeProvider.System);
        await using TlsHost host = await TlsHost.StartAsync(source);
        using X509Certificate2 client = second.Issue("client", TestAuthority.ClientUse);
        Assert.Null(await host.AskAsync(client));

        _folder.Write("clients.pem", first.Pem + second.Pem);
        source.Look();

        Assert.Equal(HttpStatusCode.OK, await host.AskAsync(client));
    }

    private CertificateSource Open(ListenOptions listen, TimeProvider time)
    {
        CertificateSource? source = CertificateSource.TryOpen(
            listen, _folder.PathOf("data"), time, new LogLines<CertificateSource>(_log), out string? error);
        Assert.Null(error);
        return source!;
    }

    private static string Shown(CertificateSource source)
    {
        X509Certificate2 target = source.ForConnection(SslApplicationProtocol.Http2).ServerCertificateContext!.TargetCertificate;
        Assert.Equal(source.Current.Leaf.Thumbprint, target.Thumbprint);
        return target.GetCertHashString(HashAlgorithmName.SHA256);
    }
}
