using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using KubeDoH.Tests.Clients;

namespace KubeDoH.Tests.Abuse;

/// <summary>A way in.</summary>
public enum Door
{
    /// <summary>HTTP/1.1 in the clear.</summary>
    Http,

    /// <summary>HTTP/1.1 over TLS.</summary>
    Https,

    /// <summary>HTTP/2 in the clear.</summary>
    H2c,

    /// <summary>HTTP/2 over TLS.</summary>
    H2,

    /// <summary>The port of TLS, without a handshake.</summary>
    BareTls,
}

/// <summary>A connection whose octets are put down by hand, so that nothing keeps it from being wrong.</summary>
internal sealed class RawConnection : IDisposable
{
    /// <summary>Longer than any of the server's timeouts that tests wait for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>An address of their own for attackers: a port that one of them holds is not lost to servers of other tests.</summary>
    private static readonly IPEndPoint Origin = new(IPAddress.Parse("127.0.0.2"), 0);

    private readonly MemoryStream _received = new();
    private readonly Socket _socket;
    private int _scanned;
    private bool _sentAway;
    private Stream _stream = Stream.Null;

    private RawConnection(Socket socket) => _socket = socket;

    /// <summary>The server has ended the connection, or will not take any more of it.</summary>
    public bool Closed { get; private set; }

    /// <summary>Everything received so far.</summary>
    public byte[] Received => _received.ToArray();

    /// <summary>GOAWAY has come (RFC 9113 6.8).</summary>
    public bool IsSentAway
    {
        get
        {
            const int head = 9;
            ReadOnlySpan<byte> received = _received.GetBuffer().AsSpan(0, (int)_received.Length);
            while (!_sentAway && _scanned + head <= received.Length)
            {
                ReadOnlySpan<byte> frame = received[_scanned..];
                _sentAway = frame[3] == 7;
                _scanned += head + (frame[0] << 16 | frame[1] << 8 | frame[2]);
            }

            return _sentAway;
        }
    }

    public string Text => Encoding.Latin1.GetString(Received);

    public static async Task<RawConnection> OpenAsync(ServerProcess server, Door door, Trust trust)
    {
        int port = door switch { Door.Http => server.HttpPort, Door.H2c => server.H2cPort, _ => server.HttpsPort };
        var socket =
            new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new(true, 0) };
        var connection = new RawConnection(socket);
        try
        {
            socket.Bind(Origin);
            await socket.ConnectAsync(IPAddress.Loopback, port);
            connection._stream = new NetworkStream(socket);
            if (door is Door.Https or Door.H2)
                await connection.ShakeHandsAsync(door == Door.H2 ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11, trust);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            connection.Closed = true;
        }

        return connection;
    }

    /// <returns>False once the connection is over, or when nothing was taken for a long while.</returns>
    public async Task<bool> SendAsync(byte[] octets, TimeSpan? longest = null)
    {
        if (Closed) return false;
        using var patience = new CancellationTokenSource(longest ?? Patience);
        try
        {
            await _stream.WriteAsync(octets, patience.Token);
        }
        catch (IOException)
        {
            Closed = true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        return !Closed;
    }

    public Task<bool> SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Says that nothing more will come, and goes on listening.</summary>
    public void HalfClose() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Receives until the server closes, or until that is enough; more than a while of silence ends it, too.</summary>
    public async Task<RawConnection> ReceiveAsync(Func<RawConnection, bool>? enough = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        byte[] buffer = new byte[16 * 1024];
        try
        {
            while (enough?.Invoke(this) != true)
            {
                int count = await _stream.ReadAsync(buffer, patience.Token);
                Closed |= count == 0;
                if (count == 0) break;
                _received.Write(buffer, 0, count);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Closed = true;
        }
        catch (OperationCanceledException)
        {
            // The caller sees from Closed that the server held out longer.
        }

        return this;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _stream.Dispose();
    }

    private async Task ShakeHandsAsync(SslApplicationProtocol protocol, Trust trust)
    {
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false, trust.IsTrusted);
        _stream = tls;
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", ApplicationProtocols = [protocol] });
    }
}
