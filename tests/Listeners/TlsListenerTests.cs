using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Listeners;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Files;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Listeners;

/// <summary>DNS over TLS (RFC 7858).</summary>
public sealed class TlsListenerTests : IDisposable
{
    private static readonly SslApplicationProtocol Dot = new("dot");

    private readonly TemporaryFolder _folder = new();
    private CertificateSource _certificate;

    public TlsListenerTests() => _certificate = Make("first");

    public void Dispose()
    {
        _certificate.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Question_over_tls_is_answered_by_the_certificate_of_https()
    {
        await using ClassicServer server = Start();
        using TcpClient client = await ClassicClient.ConnectTcpAsync(server.Tls);
        await using SslStream stream = await HandshakeAsync(client);

        await stream.WriteAsync((byte[])[.. Frame(1), .. Frame(2)], TestContext.Current.CancellationToken);

        Assert.Equal(Dot, stream.NegotiatedApplicationProtocol);
        Assert.Equal(_certificate.Current.Leaf.Thumbprint, ((X509Certificate2)stream.RemoteCertificate!).Thumbprint);
        Assert.Equal(1, MessageHeader.Read(await ClassicClient.ReadAsync(stream)).Id);
        Assert.Equal(2, MessageHeader.Read(await ClassicClient.ReadAsync(stream)).Id);
    }

    [Fact]
    public async Task New_certificate_is_shown_to_the_next_connection_and_the_old_one_goes_on()
    {
        await using ClassicServer server = Start();
        using TcpClient first = await ClassicClient.ConnectTcpAsync(server.Tls);
        await using SslStream old = await HandshakeAsync(first);
        _certificate = Make("second");

        using TcpClient second = await ClassicClient.ConnectTcpAsync(server.Tls);
        await using SslStream fresh = await HandshakeAsync(second);
        await old.WriteAsync(Frame(3), TestContext.Current.CancellationToken);

        Assert.Equal(_certificate.Current.Leaf.Thumbprint, ((X509Certificate2)fresh.RemoteCertificate!).Thumbprint);
        Assert.NotEqual(_certificate.Current.Leaf.Thumbprint, ((X509Certificate2)old.RemoteCertificate!).Thumbprint);
        Assert.Equal(3, MessageHeader.Read(await ClassicClient.ReadAsync(old)).Id);
    }

    /// <summary>
    /// Plain DNS at the port of TLS, a foreign protocol, and a handshake that never comes: each ends, and others are served.
    /// </summary>
    [Fact]
    public async Task What_is_no_handshake_ends_the_connection()
    {
        var time = new FakeTimeProvider();
        await using ClassicServer server = Start(time);
        using TcpClient plain = await ClassicClient.ConnectTcpAsync(server.Tls), foreign = await ClassicClient.ConnectTcpAsync(server.Tls);
        using TcpClient silent = await ClassicClient.ConnectTcpAsync(server.Tls);

        await plain.GetStream().WriteAsync(Frame(1), TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(foreign, new SslApplicationProtocol("h2")));
        Task<byte[]?> end = ClassicClient.ReadAsync(silent.GetStream());
        while (!end.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Null(await end);
        using TcpClient sound = await ClassicClient.ConnectTcpAsync(server.Tls);
        await using SslStream stream = await HandshakeAsync(sound);
        await stream.WriteAsync(Frame(9), TestContext.Current.CancellationToken);
        Assert.Equal(9, MessageHeader.Read(await ClassicClient.ReadAsync(stream)).Id);
        Assert.DoesNotContain(server.Log.All, line => line.Contains("bug", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stop_answers_what_was_asked_over_tls()
    {
        var resolver = new HeldResolver();
        await using ClassicServer server = Start(resolver: resolver);
        using TcpClient client = await ClassicClient.ConnectTcpAsync(server.Tls);
        await using SslStream stream = await HandshakeAsync(client);
        await stream.WriteAsync(ClassicClient.Frame(ClassicClient.Question("a.held")), TestContext.Current.CancellationToken);
        await resolver.HoldingAsync(1);

        Task stopping = server.StopAsync();
        resolver.Release();

        Assert.Equal(1, MessageHeader.Read(await ClassicClient.ReadAsync(stream)).AnswerCount);
        await stopping;
    }

    private CertificateSource Make(string name) => CertificateSource.TryOpen(
        new ListenOptions(), _folder.PathOf(name), TimeProvider.System, NullLogger<CertificateSource>.Instance, out _)!;

    private ClassicServer Start(TimeProvider? time = null, HeldResolver? resolver = null) => ClassicServer.Start(
        resolver ?? new HeldResolver(),
        s => s with { Dns = [], Dot = [new DnsEndpoint(
            new IPEndPoint(IPAddress.Loopback, 0))], Tls = () => _certificate.ForConnection(Dot) }, time);

    private static byte[] Frame(ushort id) => ClassicClient.Frame(ClassicClient.Question("web.example", id: id));

    private static async Task<SslStream> HandshakeAsync(TcpClient client, SslApplicationProtocol? protocol = null)
    {
        var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                ApplicationProtocols = [protocol ?? Dot],
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.Subject == "CN=KubeDoH",
            },
            TestContext.Current.CancellationToken);
        return stream;
    }
}
