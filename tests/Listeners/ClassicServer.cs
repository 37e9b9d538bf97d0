using System.Net;
using System.Net.Sockets;
using KubeDoH.Engine.Listeners;
using KubeDoH.Engine.Resolution;
using KubeDoH.Tests.Fakes;

namespace KubeDoH.Tests.Listeners;

/// <summary>The classic listeners on ports of loopback that were free, over any resolver.</summary>
internal sealed class ClassicServer : IAsyncDisposable
{
    private static readonly IPNetwork[] Everybody = [IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("::/0")];

    private readonly DnsListeners _listeners;
    private bool _stopped;

    private ClassicServer(DnsListeners listeners, LogLines log)
    {
        _listeners = listeners;
        Log = log;
    }

    /// <summary>The first address of each kind.</summary>
    public IPEndPoint Udp => First("udp");

    public IPEndPoint Tcp => First("tcp");

    public IPEndPoint Tls => First("tls");

    public LogLines Log { get; }

    public static ClassicServer Start(
        IResolver resolver, Func<ListenerSettings, ListenerSettings>? configure = null, TimeProvider? time = null, ViewChoice? view = null)
    {
        var settings = new ListenerSettings
        {
            Dns = [new DnsEndpoint(new IPEndPoint(IPAddress.Loopback, 0), view)],
            Networks = Everybody,
        };
        while (true)
        {
            var log = new LogLines();
            var listeners = new DnsListeners(
                configure?.Invoke(settings) ?? settings, resolver, time ?? TimeProvider.System, new Random(1),
                new LogLines<DnsListeners>(log));
            try
            {
                listeners.Start();
                return new ClassicServer(listeners, log);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                listeners.Dispose(); // The port that UDP was given is somebody's over TCP.
            }
        }
    }

    /// <summary>Stops as the host does, within a generous time.</summary>
    public Task StopAsync()
    {
        _stopped = true;
        return _listeners.StopAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopped)
        {
            using var atOnce = new CancellationTokenSource(TimeSpan.FromMilliseconds(1));
            await _listeners.StopAsync(atOnce.Token);
        }

        _listeners.Dispose();
    }

    private IPEndPoint First(string scheme) => IPEndPoint.Parse(
        _listeners.Addresses.First(address => address.StartsWith(scheme, StringComparison.Ordinal))[(scheme.Length + 3)..]);
}
