using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace KubeDoH.Engine.Forward;

/// <summary>One name server that questions are forwarded to.</summary>
public sealed record UpstreamServer(IPEndPoint EndPoint)
{
    public const int DefaultPort = 53;

    /// <summary>Its AD flag is believed and passed on: it validates, and the way to it is safe (RFC 6840 5.8).</summary>
    internal bool Trusted { get; init; }

    /// <summary>
    /// Reads <c>192.0.2.1</c>, <c>192.0.2.1:5353</c>, <c>2001:db8::1</c> or <c>[2001:db8::1]:53</c>; an error quotes the text.
    /// </summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out UpstreamServer? server, [NotNullWhen(false)] out string? error)
    {
        server = null;
        if (!TrySplit(text, out ReadOnlySpan<char> host, out ReadOnlySpan<char> portText))
        {
            error = $"'{text}' is not an address, nor [address]:port";
            return false;
        }

        int port = DefaultPort;
        bool hasPort = int.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out int given);
        if (hasPort) port = given;
        if ((!portText.IsEmpty && !hasPort) || port is < 1 or > 65535)
        {
            error = $"'{text}' has a port outside of 1 to 65535";
            return false;
        }

        if (!ServerAddress.TryRead(host, out IPAddress? address, out error)) return false;
        server = new UpstreamServer(new IPEndPoint(address, port));
        return true;
    }

    public override string ToString() => EndPoint.ToString();

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
}
