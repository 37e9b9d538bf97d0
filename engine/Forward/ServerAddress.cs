using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KubeDoH.Engine.Forward;

/// <summary>
/// Addresses of name servers as resolv.conf(5) and our options write them: IPv4 in four decimals, IPv6 with a scope id or without.
/// </summary>
internal static class ServerAddress
{
    /// <summary>Reads <c>192.0.2.1</c>, <c>2001:db8::1</c> or <c>fe80::1%eth0</c>; shortened and octal IPv4 forms are refused.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, [NotNullWhen(true)] out IPAddress? address, [NotNullWhen(false)] out string? error)
    {
        error = null;
        bool read = IPAddress.TryParse(text, out address)
            && !text.Contains('[')
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.SequenceEqual(address.ToString()));
        if (!read)
        {
            error = $"'{text}' is not an IP address";
        }
        else if (text.IndexOf('%') is var percent and >= 0 && !HasScope(address!, text[(percent + 1)..]))
        {
            error = $"'{text}' names a network interface that is not there";
        }

        return error is null;
    }

    private static bool HasScope(IPAddress address, ReadOnlySpan<char> scope) =>
        address.ScopeId != 0 || uint.TryParse(scope, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
