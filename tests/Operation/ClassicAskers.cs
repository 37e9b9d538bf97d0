using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace KubeDoH.Tests.Operation;

/// <summary>DNS over UDP, without a second try: on loopback nothing is lost but what a server loses.</summary>
internal sealed class UdpAsker : Asker
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly byte[] _reply = new byte[4096];

    public UdpAsker(int port) => _socket.Connect(IPAddress.Loopback, port);

    public override async Task<byte[]> AskAsync(byte[] question, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        await _socket.SendAsync(question, limit.Token);
        int length = await _socket.ReceiveAsync(_reply, limit.Token);
        return _reply[..length];
    }

    public override void Dispose() => _socket.Dispose();
}

/// <summary>DNS over TCP or TLS, on one connection.</summary>
/// <param name="trusted">Null for plain TCP.</param>
internal sealed class StreamAsker(int port, Trusted? trusted) : Asker
{
    private readonly TcpClient _client = new(AddressFamily.InterNetwork) { NoDelay = true };
    private Stream? _stream;

    public override async Task<byte[]> AskAsync(byte[] question, CancellationToken cancellationToken)
    {
        _stream ??= await ConnectAsync(cancellationToken);
        byte[] framed = [(byte)(question.Length >> 8), (byte)question.Length, .. question];
        await _stream.WriteAsync(framed, cancellationToken);
        var prefix = new byte[2];
        await _stream.ReadExactlyAsync(prefix, cancellationToken);
        var reply = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
        await _stream.ReadExactlyAsync(reply, cancellationToken);
        return reply;
    }

    public override void Dispose()
    {
        _stream?.Dispose();
        _client.Dispose();
    }

    private async Task<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        await _client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        if (trusted is null) return _client.GetStream();
        var secure = new SslStream(_client.GetStream(), false, (_, shown, _, _) => trusted.Admits(shown));
        await secure.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", ApplicationProtocols = [new SslApplicationProtocol("dot")] },
            cancellationToken);
        return secure;
    }
}
