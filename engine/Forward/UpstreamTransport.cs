namespace KubeDoH.Engine.Forward;

/// <summary>How a question travels to an upstream.</summary>
public enum UpstreamTransport
{
    /// <summary>Datagrams; a reply that was cut short is fetched over TCP (RFC 7766 5).</summary>
    Udp,

    /// <summary>A connection that is kept open (RFC 7766).</summary>
    Tcp,

    /// <summary>DNS over TLS (RFC 7858), the server's name or address verified.</summary>
    Tls,

    /// <summary>DNS over HTTPS (RFC 8484), over HTTP/2.</summary>
    Https,
}
