using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward;

/// <summary>
/// Addresses of upstreams as the options write them. An ADDRESS is IPv4 or IPv6, the latter in brackets where a port follows:
/// <code>
/// ADDRESS[:53]                        UDP, and TCP for replies that are cut short
/// tcp://ADDRESS[:53]                  TCP only
/// tls://ADDRESS[:853][#NAME]          DNS over TLS; the certificate is for NAME, or for the address
/// https://NAME[:443]/PATH#ADDRESS     DNS over HTTPS; ADDRESS is where NAME is, so that nothing has to be looked up first
/// https://ADDRESS[:443]/PATH          the certificate is for the address
/// </code>
/// </summary>
internal static class UpstreamAddress
{
    private static readonly SearchValues<char> Forbidden = SearchValues.Create("\"<>\\^`{|}#");

    private const int TlsPort = 853, HttpsPort = 443;

    public static bool TryRead(string text, [NotNullWhen(true)] out UpstreamServer? server, [NotNullWhen(false)] out string? error)
    {
        int colon = text.IndexOf("://", StringComparison.Ordinal);
        string rest = colon < 0 ? text : text[(colon + 3)..];
        server = null;
        error = $"'{text}' begins with a scheme that is none of udp, tcp, tls and https";
        bool read = (colon < 0 ? "udp" : text[..colon].ToLowerInvariant()) switch
        {
            "udp" => TryReadPlain(text, rest, UpstreamTransport.Udp, out server, out error),
            "tcp" => TryReadPlain(text, rest, UpstreamTransport.Tcp, out server, out error),
            "tls" => TryReadTls(text, rest, out server, out error),
            "https" => TryReadHttps(text, rest, out server, out error),
            _ => false,
        };
        if (read) return server is not null;
        error = error is null || error.StartsWith($"'{text}'", StringComparison.Ordinal) ? error ?? text : $"'{text}': {error}";
        return false;
    }

    public static string Write(UpstreamServer server) => server.Transport switch
    {
        UpstreamTransport.Udp => server.EndPoint.ToString(),
        UpstreamTransport.Tcp => $"tcp://{server.EndPoint}",
        UpstreamTransport.Tls => $"tls://{server.EndPoint}{(server.Name is null ? "" : $"#{server.Name}")}",
        _ when server.Name is null => $"https://{server.EndPoint}{server.Path}",
        _ => $"https://{server.Name}:{server.EndPoint.Port}{server.Path}#{server.EndPoint.Address}",
    };

    private static bool TryReadPlain(
        string text, string rest, UpstreamTransport transport,
        [NotNullWhen(true)] out UpstreamServer? server, [NotNullWhen(false)] out string? error)
    {
        server = TryReadEndPoint(text, rest, UpstreamServer.DefaultPort, out IPEndPoint? endPoint, out error)
            ? new UpstreamServer(endPoint, transport)
            : null;
        return server is not null;
    }

    private static bool TryReadTls(
        string text, string rest, [NotNullWhen(true)] out UpstreamServer? server, [NotNullWhen(false)] out string? error)
    {
        server = null;
        int hash = rest.IndexOf('#', StringComparison.Ordinal);
        string? name = hash < 0 ? null : rest[(hash + 1)..];
        if (!TryReadEndPoint(text, hash < 0 ? rest : rest[..hash], TlsPort, out IPEndPoint? endPoint, out error)) return false;
        if (name is not null && !IsHostName(name))
        {
            error = $"'{text}' must have the name of the server's certificate behind '#'";
            return false;
        }

        server = new UpstreamServer(endPoint, UpstreamTransport.Tls) { Name = name?.ToLowerInvariant() };
        return true;
    }

    private static bool TryReadHttps(
        string text, string rest, [NotNullWhen(true)] out UpstreamServer? server, [NotNullWhen(false)] out string? error)
    {
        server = null;
        error = $"'{text}' is not https://NAME[:PORT]/PATH#ADDRESS, nor https://ADDRESS[:PORT]/PATH";
        int hash = rest.IndexOf('#', StringComparison.Ordinal);
        string? bootstrap = hash < 0 ? null : rest[(hash + 1)..];
        string target = hash < 0 ? rest : rest[..hash];
        int slash = target.IndexOf('/', StringComparison.Ordinal);
        if (slash < 1 || !IsPath(target.AsSpan(slash))) return false;

        string authority = target[..slash], path = target[slash..];
        if (bootstrap is null)
        {
            if (IsNameOrPort(authority))
            {
                error = $"'{text}' needs the address of its name behind '#', as in https://dns.example/dns-query#192.0.2.1";
                return false;
            }

            if (!TryReadEndPoint(text, authority, HttpsPort, out IPEndPoint? own, out error)) return false;
            server = new UpstreamServer(own, UpstreamTransport.Https) { Path = path };
            return true;
        }

        int colon = authority.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? authority : authority[..colon];
        if (!IsHostName(name) || !TryReadPort(colon < 0 ? "" : authority.AsSpan(colon + 1), colon >= 0, HttpsPort, out int port))
            return false;
        if (!ServerAddress.TryRead(bootstrap.Trim('[', ']'), out IPAddress? address, out error)) return false;
        server = new UpstreamServer(new IPEndPoint(address, port), UpstreamTransport.Https) { Name = name.ToLowerInvariant(), Path = path };
        return true;
    }

    private static bool TryReadEndPoint(
        string text, ReadOnlySpan<char> rest, int defaultPort,
        [NotNullWhen(true)] out IPEndPoint? endPoint, [NotNullWhen(false)] out string? error)
    {
        endPoint = null;
        if (!TrySplit(rest, out ReadOnlySpan<char> host, out ReadOnlySpan<char> portText))
        {
            error = $"'{text}' is not an address, nor [address]:port";
            return false;
        }

        if (!TryReadPort(portText, !portText.IsEmpty, defaultPort, out int port))
        {
            error = $"'{text}' has a port outside of 1 to 65535";
            return false;
        }

        if (!ServerAddress.TryRead(host, out IPAddress? address, out error)) return false;
        endPoint = new IPEndPoint(address, port);
        return true;
    }

    private static bool TryReadPort(ReadOnlySpan<char> text, bool given, int defaultPort, out int port)
    {
        port = defaultPort;
        return !given
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535);
    }

    /// <summary>Parts host and port; a lone colon parts them, more than one is a bare IPv6 address.</summary>
    private static bool TrySplit(ReadOnlySpan<char> text, out ReadOnlySpan<char> host, out ReadOnlySpan<char> port)
    {
        host = text;
        port = default;
        if (text.StartsWith('['))
        {
            int close = text.IndexOf(']');
            if (close < 0) return false;
            host = text[1..close];
            ReadOnlySpan<char> rest = text[(close + 1)..];
            if (rest.IsEmpty) return host.Contains(':');
            port = rest[1..];
            return rest[0] == ':' && !port.IsEmpty && host.Contains(':');
        }

        int colon = text.IndexOf(':');
        if (colon < 0 || colon != text.LastIndexOf(':')) return true;
        host = text[..colon];
        port = text[(colon + 1)..];
        return !port.IsEmpty;
    }

    private static bool IsNameOrPort(string authority) => IsHostName(authority.Split(':')[0]);

    /// <summary>A name that a certificate can be for: letters, digits and hyphens, and no address.</summary>
    private static bool IsHostName(string text) =>
        DnsName.TryParse(text, out DnsName name, out _) && name.Span.Length > 1 && !IPAddress.TryParse(text, out _)
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-');

    /// <summary>Path and query of RFC 3986 3.3, 3.4 without what would have to be escaped.</summary>
    private static bool IsPath(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('!', '~') && !text.ContainsAny(Forbidden);
}
