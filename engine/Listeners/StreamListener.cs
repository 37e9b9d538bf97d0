using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using KubeDoH.Engine.Wire;
using Microsoft.Extensions.Logging;

namespace KubeDoH.Engine.Listeners;

/// <summary>DNS over TCP at one address (RFC 7766), or over TLS (RFC 7858).</summary>
internal sealed partial class StreamListener : IDisposable
{
    private const int Backlog = 512;

    /// <summary>Where the system has no room for another connection, trying again at once would only spin.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly StreamRules _rules;
    private readonly CancellationTokenSource _stopping = new();
    private Task _accepting = Task.CompletedTask;

    private StreamListener(Socket socket, StreamRules rules)
    {
        _socket = socket;
        _rules = rules;
    }

    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public bool IsSecure => _rules.Tls is not null;

    /// <exception cref="SocketException">The address cannot be had.</exception>
    public static StreamListener Bind(IPEndPoint address, StreamRules rules)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            socket.Bind(address);
            socket.Listen(Backlog);
            return new StreamListener(socket, rules);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Start() => _accepting = AcceptAsync();

    /// <summary>Accepts no more; every connection answers what it was asked, and ends.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        _socket.Dispose();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Hold(await _socket.AcceptAsync(_stopping.Token).ConfigureAwait(false));
            }
            catch (OperationCanceledException)
            {
            }
            catch (SocketException)
            {
                await Task.Delay(Pause, _rules.Time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Hold(Socket accepted)
    {
        var remote = (IPEndPoint)accepted.RemoteEndPoint!;
        var client = new ClientEndPoint(ClientAddress.Unmapped(AddressKey.Of(remote.Address)), (ushort)remote.Port);
        var connection = new StreamConnection(accepted, client, _rules.Responder, new StreamClock(_rules.Limits, _rules.Time));
        if (_rules.Networks.Contains(client.Address) && _rules.Table.TryAdd(connection))
        {
            accepted.NoDelay = true;
            _ = RunAsync(connection);
        }
        else
        {
            accepted.Dispose();
        }
    }

    private async Task RunAsync(StreamConnection connection)
    {
        try
        {
            await connection.RunAsync(_rules.Tls, _stopping.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A bug in one connection is none of the others' business.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.ConnectionFailed(_rules.Logger, e);
        }
        finally
        {
            _rules.Table.Remove(connection);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "A connection ended because of a bug")]
        public static partial void ConnectionFailed(ILogger logger, Exception exception);
    }
}

/// <summary>What holds for every connection of a listener.</summary>
/// <param name="Tls">The certificate, asked for anew for each connection; null for plain TCP.</param>
internal sealed record StreamRules(
    Responder Responder, AllowedNetworks Networks, ListenerLimits Limits, ConnectionTable Table, Func<SslServerAuthenticationOptions>? Tls,
    TimeProvider Time, ILogger Logger);
