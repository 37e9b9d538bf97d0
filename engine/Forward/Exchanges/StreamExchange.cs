using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;

namespace KubeDoH.Engine.Forward.Exchanges;

/// <summary>
/// TCP and TLS: one connection a server, opened when it is needed and kept while it is used (RFC 7766 6.2.1, RFC 7858 3.4).
/// </summary>
internal sealed class StreamExchange(ServerTrust trust, TimeProvider time) : IDisposable
{
    /// <summary>For connecting and the handshake, whoever waits: the next question finds the connection then.</summary>
    private static readonly TimeSpan OpeningTime = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<UpstreamServer, Task<StreamConnection>> _connections = new();
    private readonly Lock _lock = new();

    /// <summary>
    /// The reply; malformed when what came is none to the question. A connection that was open already may have been closed by the server
    /// at this very moment: the question is then asked once more over a new one (RFC 7766 6.2.4).
    /// </summary>
    public async ValueTask<UpstreamReply> AskAsync(
        UpstreamServer server, UpstreamQuestion question, bool edns, CancellationToken cancellationToken)
    {
        Task<StreamConnection> opening = Connection(server, out bool isNew);
        StreamConnection connection = await opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return UpstreamReply.Of(await connection.AskAsync(question, edns, cancellationToken).ConfigureAwait(false));
        }
        catch (IOException) when (!isNew)
        {
            connection = await Connection(server, out _).WaitAsync(cancellationToken).ConfigureAwait(false);
            return UpstreamReply.Of(await connection.AskAsync(question, edns, cancellationToken).ConfigureAwait(false));
        }
    }

    public void Dispose()
    {
        foreach (Task<StreamConnection> opening in _connections.Values)
            if (opening.IsCompletedSuccessfully) opening.Result.Dispose();
    }

    private Task<StreamConnection> Connection(UpstreamServer server, out bool isNew)
    {
        lock (_lock)
        {
            isNew = !_connections.TryGetValue(server, out Task<StreamConnection>? opening)
                || (opening.IsCompleted && (!opening.IsCompletedSuccessfully || !opening.Result.IsOpen));
            if (isNew) _connections[server] = opening = OpenAsync(server);
            return opening!;
        }
    }

    private async Task<StreamConnection> OpenAsync(UpstreamServer server)
    {
        await Task.Yield();
        using var limit = new CancellationTokenSource(OpeningTime, time);
        var socket = new Socket(server.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server.EndPoint, limit.Token).ConfigureAwait(false);
            var stream = new NetworkStream(socket, ownsSocket: true);
            return new StreamConnection(
                server.Transport == UpstreamTransport.Tls ? await SecureAsync(server, stream, limit.Token).ConfigureAwait(false) : stream,
                time);
        }
        catch (OperationCanceledException e)
        {
            socket.Dispose();
            throw new IOException("the connection was not open in time", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<Stream> SecureAsync(UpstreamServer server, NetworkStream stream, CancellationToken cancellationToken)
    {
        var secure = new SslStream(stream);
        await secure.AuthenticateAsClientAsync(trust.Options(server), cancellationToken).ConfigureAwait(false);
        return secure;
    }
}
