using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KubeDoH.Engine.Forward.Exchanges;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace KubeDoH.Tests.Fakes;

/// <summary>
/// A fake upstream over TLS and HTTPS: what comes is decrypted and passed to its TCP port, so that it misbehaves there as it does in
/// the clear. Its certificate, for <c>dns.test</c> and 127.0.0.1, is signed by a root made for it.
/// </summary>
internal sealed class FakeFront : IAsyncDisposable
{
    private static readonly (X509Certificate2 Own, string Root) Made = Make();

    private readonly CancellationTokenSource _stopped = new();
    private readonly FakeUpstream _upstream;
    private readonly Socket _tls = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly WebApplication _https;
    private readonly Task _accepting;

    private FakeFront(FakeUpstream upstream, WebApplication https)
    {
        (_upstream, _https) = (upstream, https);
        _tls.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _tls.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>What a client trusts that knows the root.</summary>
    public static ServerTrust Trust { get; } = ReadTrust();

    /// <summary>Writes certificate and key as PEM files, for another program to be such a server.</summary>
    public static void WritePem(string certificateFile, string keyFile)
    {
        using ECDsa key = Made.Own.GetECDsaPrivateKey()!;
        File.WriteAllText(certificateFile, Made.Own.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
    }

    public string TlsAddress => $"tls://{_tls.LocalEndPoint}";

    /// <summary>By name, at its address.</summary>
    public string HttpsAddress => $"https://dns.test:{new Uri(_https.Urls.Single()).Port}/dns-query#127.0.0.1";

    /// <summary>Starts both before <paramref name="upstream"/>.</summary>
    /// <param name="answers">What HTTPS says in the stead of relaying.</param>
    public static async Task<FakeFront> StartAsync(FakeUpstream upstream, RequestDelegate? answers = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.UseHttps(Made.Own);
        }));
        WebApplication https = builder.Build();
        https.Run(answers ?? (context => RelayAsync(context, upstream)));
        await https.StartAsync();
        return new FakeFront(upstream, https);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        _tls.Dispose();
        await _accepting;
        await _https.DisposeAsync();
        _stopped.Dispose();
    }

    private static async Task RelayAsync(HttpContext context, FakeUpstream upstream)
    {
        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            using var client = new TcpClient();
            await client.ConnectAsync(upstream.EndPoint, context.RequestAborted);
            NetworkStream stream = client.GetStream();
            byte[] message = body.ToArray();
            await stream.WriteAsync((byte[])[(byte)(message.Length >> 8), (byte)message.Length, .. message], context.RequestAborted);
            byte[] length = new byte[2];
            await stream.ReadExactlyAsync(length, context.RequestAborted);
            byte[] reply = new byte[(length[0] << 8) | length[1]];
            await stream.ReadExactlyAsync(reply, context.RequestAborted);
            context.Response.ContentType = "application/dns-message";
            await context.Response.Body.WriteAsync(reply, context.RequestAborted);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            context.Abort();
        }
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(ServeAsync(await _tls.AcceptAsync(_stopped.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }

        await Task.WhenAll(connections);
    }

    private async Task ServeAsync(Socket connection)
    {
        try
        {
            await using var secure = new SslStream(new NetworkStream(connection, ownsSocket: true));
            await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Made.Own }, _stopped.Token);
            using var client = new TcpClient();
            await client.ConnectAsync(_upstream.EndPoint, _stopped.Token);
            NetworkStream clear = client.GetStream();
            await Task.WhenAny(secure.CopyToAsync(clear, _stopped.Token), clear.CopyToAsync(secure, _stopped.Token));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException
            or SocketException or System.Security.Authentication.AuthenticationException)
        {
        }
    }

    private static ServerTrust ReadTrust()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, Made.Root);
        Assert.True(ServerTrust.TryRead(file, out ServerTrust? trust, out string? error), error);
        File.Delete(file);
        return trust;
    }

    private static (X509Certificate2 Own, string Root) Make()
    {
        DateTimeOffset from = DateTimeOffset.UtcNow.AddDays(-1), to = from.AddDays(30);
        using ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256), key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=fake root", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 root = rootRequest.CreateSelfSigned(from, to);
        var request = new CertificateRequest("CN=dns.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("dns.test");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 signed = request.Create(root, from, to, [1, 2, 3, 4]);
        using X509Certificate2 own = signed.CopyWithPrivateKey(key);
        return (X509CertificateLoader.LoadPkcs12(
            own.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable), root.ExportCertificatePem());
    }
}
