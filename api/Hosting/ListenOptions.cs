using System.Net;
using System.Net.Sockets;
using KubeDoH.Api.Hosting.Access;

namespace KubeDoH.Api.Hosting;

/// <summary>An address and a port to listen on.</summary>
/// <param name="Host">An IPv4 or IPv6 address without brackets, <c>localhost</c> for both loopback addresses, <c>*</c> for any.</param>
internal sealed record ListenAddress(string Host, int Port)
{
    /// <summary>What it stands for on this machine: both families where the host means both, as far as there are both.</summary>
    public IReadOnlyList<IPAddress> Homes => Host switch
    {
        "*" => Socket.OSSupportsIPv6 ? [IPAddress.IPv6Any] : [IPAddress.Any],
        "localhost" => Socket.OSSupportsIPv6 ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback],
        _ => [IPAddress.Parse(Host)],
    };

    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}

/// <summary>Whether clients show a certificate (<c>Listen:ClientCertificates</c>).</summary>
internal enum ClientCertificates
{
    /// <summary>Without a good one there is no connection.</summary>
    Required,

    /// <summary>Who has one shows it, and it must be good.</summary>
    Optional,
}

/// <summary>An address and a port for classic DNS.</summary>
/// <param name="Namespace">From where the questions that come there are seen; null: from nowhere in particular.</param>
internal sealed record DnsListenAddress(ListenAddress Address, string? Namespace = null)
{
    public override string ToString() => Namespace is null ? $"{Address}" : $"{Address};ns={Namespace}";
}

/// <summary>The section <c>Listen</c>. An empty list is off.</summary>
internal sealed class ListenOptions
{
    /// <summary>HTTP/1.1 in the clear.</summary>
    public IReadOnlyList<ListenAddress> Http { get; set; } = [new("127.0.0.1", 8053)];

    /// <summary>HTTP/1.1 and HTTP/2 over TLS.</summary>
    public IReadOnlyList<ListenAddress> Https { get; set; } = [new("127.0.0.1", 8443)];

    /// <summary>HTTP/2 in the clear, with prior knowledge.</summary>
    public IReadOnlyList<ListenAddress> H2c { get; set; } = [];

    /// <summary>For probes: <c>/health</c> alone.</summary>
    public IReadOnlyList<ListenAddress> Health { get; set; } = [];

    /// <summary>For probes: <c>/ready</c> alone.</summary>
    public IReadOnlyList<ListenAddress> Ready { get; set; } = [];

    /// <summary>For Prometheus: <c>/metrics</c>, which is nowhere else then.</summary>
    public IReadOnlyList<ListenAddress> Metrics { get; set; } = [];

    /// <summary>For operators, in the clear: everything but names. With it the other addresses answer names and probes alone.</summary>
    public IReadOnlyList<ListenAddress> Management { get; set; } = [];

    /// <summary>The same over TLS.</summary>
    public IReadOnlyList<ListenAddress> ManagementHttps { get; set; } = [];

    /// <summary>For so long after it was told to stop the server answers, and is not ready: who sends questions finds another.</summary>
    public TimeSpan Lameduck { get; set; }

    /// <summary>A PEM file of the authorities that clients' certificates must come from; null asks for none.</summary>
    public string? ClientCa { get; set; }

    public ClientCertificates ClientCertificates { get; set; } = ClientCertificates.Required;

    /// <summary>TLS is spoken somewhere.</summary>
    public bool HasTls => Https.Count + ManagementHttps.Count + Dot.Count > 0;

    /// <summary>Management has addresses of its own.</summary>
    public bool HasManagement => Management.Count + ManagementHttps.Count > 0;

    /// <summary>Every address with the key that names it, and whether datagrams come there too.</summary>
    public IEnumerable<(string Key, ListenAddress Address, bool Datagrams)> All =>
    [
        .. from list in new (string Key, IReadOnlyList<ListenAddress> Addresses)[]
           {
               ("Listen:Http", Http), ("Listen:H2c", H2c), ("Listen:Https", Https), ("Listen:Management", Management),
               ("Listen:ManagementHttps", ManagementHttps), ("Listen:Health", Health), ("Listen:Ready", Ready), ("Listen:Metrics", Metrics),
           }
           from address in list.Addresses
           select (list.Key, address, false),
        .. Dns.Select(dns => ("Listen:Dns", dns.Address, true)),
        .. Dot.Select(dns => ("Listen:Dot", dns.Address, false)),
    ];

    /// <summary>DNS over UDP and TCP.</summary>
    public IReadOnlyList<DnsListenAddress> Dns { get; set; } = [];

    /// <summary>DNS over TLS.</summary>
    public IReadOnlyList<DnsListenAddress> Dot { get; set; } = [];

    /// <summary>
    /// Whose questions classic DNS answers: the networks that are nobody's in the internet (RFC 1918, 4193, 6598), this machine and its
    /// links.
    /// </summary>
    public IReadOnlyList<Network> DnsNetworks { get; set; } =
    [
        .. from text in (string[])
            [
                "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12",
                "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "::1/128", "fc00::/7", "fe80::/10",
            ]
           select Network.TryParse(text, out Network network) ? network : throw new FormatException(text),
    ];

    /// <summary>Replies a second over UDP to one network of clients, 0 to 1000000; 0 for no limit.</summary>
    public int DnsRate { get; set; }

    /// <summary>Where proxies are whose word about a caller's address is taken.</summary>
    public IReadOnlyList<Network> Proxies { get; set; } = [];

    /// <summary>A PEM file with the certificate and its chain; null for one that is made and kept.</summary>
    public string? Certificate { get; set; }

    /// <summary>A PEM file with the certificate's key; null where it stands in the same file.</summary>
    public string? CertificateKey { get; set; }
}
