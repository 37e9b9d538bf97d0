using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace KubeDoH.Api.Hosting;

/// <summary>Where Kestrel listens, what it speaks there, and every limit that it holds callers to. README.md lists the limits.</summary>
internal static class KestrelSetup
{
    /// <summary>How long a TLS handshake may take.</summary>
    public static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Kestrel's switch against a line that ends in LF alone (RFC 9112 2.2 leaves it open): a proxy may read it another way.
    /// </summary>
    private const string NoBareLineFeed = "Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators";

    /// <summary>Serves by Kestrel as configured; <paramref name="certificates"/> are needed where https is on.</summary>
    public static void UseKestrel(this IWebHostBuilder web, ListenOptions listen, CertificateSource? certificates)
    {
        var room = new ConnectionRoom(ConnectionRoom.Capacity());
        var listeners = new List<ServedListener>();
        web.UseKestrelCore().ConfigureKestrel(kestrel => listeners.AddRange(Apply(kestrel, listen, certificates, room)));
        web.ConfigureServices(services => services
            .AddSingleton<IReadOnlyList<ServedListener>>(listeners)
            .AddSingleton<SocketTransportFactory>()
            .AddSingleton<IConnectionListenerFactory>(
                provider => new RoomTransport(provider.GetRequiredService<SocketTransportFactory>(), room)));
    }

    /// <summary>Sets what Kestrel listens on, and its limits; returns the addresses as they are counted by.</summary>
    internal static IReadOnlyList<ServedListener> Apply(
        KestrelServerOptions kestrel, ListenOptions listen, CertificateSource? certificates, ConnectionRoom? room = null)
    {
        kestrel.AddServerHeader = false;
        AppContext.SetSwitch(NoBareLineFeed, true);
        SetLimits(kestrel.Limits);
        var listeners = new List<ServedListener>();
        All(listen.Http, HttpProtocols.Http1, ListenerRole.Shared);
        All(listen.H2c, HttpProtocols.Http2, ListenerRole.Shared);
        All(listen.Https, HttpProtocols.Http1AndHttp2, ListenerRole.Shared, certificates);
        All(listen.Management, HttpProtocols.Http1, ListenerRole.Management);
        All(listen.ManagementHttps, HttpProtocols.Http1AndHttp2, ListenerRole.Management, certificates);
        All(listen.Health, HttpProtocols.Http1, ListenerRole.Health);
        All(listen.Ready, HttpProtocols.Http1, ListenerRole.Ready);
        All(listen.Metrics, HttpProtocols.Http1, ListenerRole.Metrics);
        return listeners;

        void All(IReadOnlyList<ListenAddress> addresses, HttpProtocols protocols, ListenerRole role, CertificateSource? tls = null)
        {
            foreach (ListenAddress address in addresses)
            {
                var listener = ServedListener.Of(tls is null ? "http" : "https", address, role);
                listeners.Add(listener);
                Listen(kestrel, address, protocols, listener, tls, room);
            }
        }
    }

    private static void SetLimits(KestrelServerLimits limits)
    {
        // Above the 16 KiB of target that the application reads, so that it answers 414 itself on both HTTP versions.
        limits.MaxRequestLineSize = 32 * 1024;
        limits.MaxRequestBufferSize = 128 * 1024;
        limits.Http2.MaxRequestHeaderFieldSize = 32 * 1024;
        limits.MaxRequestHeadersTotalSize = 48 * 1024;
        limits.MaxRequestHeaderCount = 64;

        // For management; the DNS paths count to 65,535 themselves, and a route that takes more says so in its metadata.
        limits.MaxRequestBodySize = 1024 * 1024;

        // Slow callers: headers within 10 s, bodies at 240 octets a second after 5 s of grace. Kestrel credits a reader with all that
        // it has taken before, so that one who reads no longer may stay for long: what waits for it is what has to be small.
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(5));
        limits.MaxResponseBufferSize = 64 * 1024;
        limits.MinResponseDataRate = new MinDataRate(240, TimeSpan.FromSeconds(5));

        // DoH clients keep their connection between questions: browsers for minutes.
        limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);

        // RFC 9113 5.1.2 asks for no fewer than 100 streams; a page needs that many names at once.
        limits.Http2.MaxStreamsPerConnection = 128;

        // What a connection holds of bodies and of compressed headers (RFC 9113 6.9, RFC 7541 4.2), and the largest frame (RFC 9113 4.2).
        limits.Http2.InitialConnectionWindowSize = 256 * 1024;
        limits.Http2.InitialStreamWindowSize = 96 * 1024;
        limits.Http2.HeaderTableSize = 4 * 1024;
        limits.Http2.MaxFrameSize = 16 * 1024;

        // A peer that is gone without a word is found out.
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(60);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
    }

    private static void Listen(
        KestrelServerOptions kestrel, ListenAddress address, HttpProtocols protocols, ServedListener listener,
        CertificateSource? certificates,
        ConnectionRoom? room)
    {
        switch (address.Host)
        {
            case "localhost":
                kestrel.ListenLocalhost(address.Port, Configure);
                break;
            case "*":
                kestrel.ListenAnyIP(address.Port, Configure);
                break;
            default:
                kestrel.Listen(IPAddress.Parse(address.Host), address.Port, Configure);
                break;
        }

        void Configure(Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions endpoint)
        {
            endpoint.Protocols = protocols;
            endpoint.Use(next => connection =>
            {
                var served = new ServedConnection(listener, connection, TimeProvider.System);
                connection.Features.Set(served);
                return room is null ? next(connection) : room.HoldAsync(served, connection, next);
            });
            if (certificates is null) return;
            endpoint.UseHttps(new TlsHandshakeCallbackOptions
            {
                OnConnection = _ => new ValueTask<SslServerAuthenticationOptions>(
                    certificates.ForConnection(SslApplicationProtocol.Http2, SslApplicationProtocol.Http11)),
                HandshakeTimeout = HandshakeTimeout,
            });
        }
    }
}
