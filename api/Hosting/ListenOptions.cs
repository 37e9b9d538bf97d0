using KubeDoH.Api.Hosting.Access;

namespace KubeDoH.Api.Hosting;

/// <summary>An address and a port to listen on.</summary>
/// <param name="Host">An IPv4 or IPv6 address without brackets, <c>localhost</c> for both loopback addresses, <c>*</c> for any.</param>
internal sealed record ListenAddress(string Host, int Port)
{
    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
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

    /// <summary>Where proxies are whose word about a caller's address is taken.</summary>
    public IReadOnlyList<Network> Proxies { get; set; } = [];

    /// <summary>A PEM file with the certificate and its chain; null for one that is made and kept.</summary>
    public string? Certificate { get; set; }

    /// <summary>A PEM file with the certificate's key; null where it stands in the same file.</summary>
    public string? CertificateKey { get; set; }
}
