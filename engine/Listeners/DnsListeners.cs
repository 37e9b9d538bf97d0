using System.Net;
using System.Net.Security;
using KubeDoH.Engine.Resolution;
using Microsoft.Extensions.Logging;

namespace KubeDoH.Engine.Listeners;

/// <summary>An address at which classic DNS is answered, and from where its questions are seen.</summary>
/// <param name="View">Null: names are taken as they come.</param>
public sealed record DnsEndpoint(IPEndPoint Address, ViewChoice? View = null)
{
    /// <summary>Is told of what was answered over UDP; null for nobody.</summary>
    public ReplyReport? OverUdp { get; init; }

    /// <summary>The same over TCP and TLS.</summary>
    public ReplyReport? OverTcp { get; init; }
}

/// <summary>Where classic DNS is answered, and for whom.</summary>
public sealed record ListenerSettings
{
    /// <summary>UDP and TCP.</summary>
    public IReadOnlyList<DnsEndpoint> Dns { get; init; } = [];

    /// <summary>TLS.</summary>
    public IReadOnlyList<DnsEndpoint> Dot { get; init; } = [];

    /// <summary>The certificate of TLS; asked for anew for each connection, so that it may change.</summary>
    public Func<SslServerAuthenticationOptions>? Tls { get; init; }

    /// <summary>The networks whose clients are answered.</summary>
    public required IReadOnlyList<IPNetwork> Networks { get; init; }

    /// <summary>Replies a second over UDP to one network (/24, /56); 0 for no limit.</summary>
    public int RepliesPerSecond { get; init; }

    public ListenerLimits Limits { get; init; } = new();
}

/// <summary>Classic DNS: everything that answers without HTTP, from the first bind to the last answer.</summary>
public sealed class DnsListeners(
    ListenerSettings settings, IResolver resolver, TimeProvider time, Random random, ILogger<DnsListeners> logger) : IDisposable
{
    private readonly List<UdpListener> _datagrams = [];
    private readonly List<StreamListener> _streams = [];
    private readonly ConnectionTable _table = new(settings.Limits, time);

    /// <summary>Where it listens, as URLs: <c>udp://127.0.0.1:53</c>, <c>tcp:</c>, <c>tls:</c>.</summary>
    public IReadOnlyList<string> Addresses =>
    [
        .. _datagrams.Select(listener => $"udp://{listener.EndPoint}"),
        .. _streams.Select(listener => $"{(listener.IsSecure ? "tls" : "tcp")}://{listener.EndPoint}"),
    ];

    /// <summary>Binds every address, then answers at all of them.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">One cannot be had.</exception>
    public void Start()
    {
        var networks = new AllowedNetworks(settings.Networks);
        ResponseRates? rates = settings.RepliesPerSecond > 0 ? new ResponseRates(settings.RepliesPerSecond, time, random) : null;
        foreach (DnsEndpoint endpoint in settings.Dns)
        {
            var responder = new Responder(resolver, endpoint.View, logger, time, endpoint.OverUdp);
            var datagrams = UdpListener.Bind(endpoint.Address, new UdpRules(responder, networks, rates, settings.Limits.WaitingDatagrams));
            _datagrams.Add(datagrams);
            _streams.Add(StreamListener.Bind(datagrams.EndPoint, RulesOf(endpoint, networks, tls: null)));
        }

        foreach (DnsEndpoint endpoint in settings.Dot)
            _streams.Add(StreamListener.Bind(endpoint.Address, RulesOf(endpoint, networks, settings.Tls)));
        _datagrams.ForEach(listener => listener.Start());
        _streams.ForEach(listener => listener.Start());
    }

    /// <summary>Takes no more questions; completed when every one that was taken is answered, or when cancelled.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Task[] stopping =
        [
            .. _datagrams.Select(listener => listener.StopAsync()),
            .. _streams.Select(listener => listener.StopAsync()),
        ];
        try
        {
            await Task.WhenAll([.. stopping, _table.CloseAsync()]).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    public void Dispose()
    {
        _table.Dispose();
        _datagrams.ForEach(listener => listener.Dispose());
        _streams.ForEach(listener => listener.Dispose());
    }

    private StreamRules RulesOf(DnsEndpoint endpoint, AllowedNetworks networks, Func<SslServerAuthenticationOptions>? tls) =>
        new(new Responder(resolver, endpoint.View, logger, time, endpoint.OverTcp), networks, settings.Limits, _table, tls, time, logger);
}
