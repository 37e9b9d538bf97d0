namespace KubeDoH.Api.Hosting;

/// <summary>An address and a port to listen on.</summary>
/// <param name="Host">An IPv4 or IPv6 address without brackets, <c>localhost</c> for both loopback addresses, <c>*</c> for any.</param>
internal sealed record ListenAddress(string Host, int Port)
{
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
    public bool HasTls => Https.Count + ManagementHttps.Count > 0;

    /// <summary>Management has addresses of its own.</summary>
    public bool HasManagement => Management.Count + ManagementHttps.Count > 0;

    /// <summary>Every address with the key that names it, in the order in which they are listened on.</summary>
    public IEnumerable<(string Key, ListenAddress Address)> All =>
        new (string Key, IReadOnlyList<ListenAddress> Addresses)[]
        {
            ("Listen:Http", Http), ("Listen:H2c", H2c), ("Listen:Https", Https), ("Listen:Management", Management),
            ("Listen:ManagementHttps", ManagementHttps), ("Listen:Health", Health), ("Listen:Ready", Ready), ("Listen:Metrics", Metrics),
        }.SelectMany(list => list.Addresses, (list, address) => (list.Key, address));

    /// <summary>A PEM file with the certificate and its chain; null for one that is made and kept.</summary>
    public string? Certificate { get; set; }

    /// <summary>A PEM file with the certificate's key; null where it stands in the same file.</summary>
    public string? CertificateKey { get; set; }
}
