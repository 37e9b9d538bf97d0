using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KubeDoH.Api.Hosting.Access;

/// <summary>
/// Addresses that begin with the same bits. IPv4 counts as the part of IPv6 that it is mapped to (RFC 4291 2.5.5.2), which is how a
/// socket for both families names it.
/// </summary>
internal readonly record struct Network(UInt128 Bits, int Length)
{
    private const int Mapped = 96;

    /// <summary>Reads <c>192.0.2.0/24</c>, <c>2001:db8::/32</c> or one address; no bit behind the length may be set.</summary>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out Network network)
    {
        network = default;
        int slash = text.IndexOf('/');
        string addressText = slash < 0 ? text : text[..slash];
        if (!IsAddress(addressText) || !IPAddress.TryParse(addressText, out IPAddress? address)) return false;
        int most = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128, length = most;
        bool isLength = slash < 0 || int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length);
        if (!isLength || length > most) return false;
        network = new Network(BitsOf(address), 128 - most + length);
        return network.Bits << network.Length == 0 || network.Length == 128;
    }

    /// <summary>An address as its 128 bits, without an object.</summary>
    public static UInt128 BitsOf(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        octets.Clear();
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            octets[10] = octets[11] = 0xFF;
            address.TryWriteBytes(octets[12..], out _);
        }
        else
        {
            address.TryWriteBytes(octets, out _);
        }

        return BinaryPrimitives.ReadUInt128BigEndian(octets);
    }

    public bool Contains(UInt128 address) => Length == 0 || (Bits ^ address) >> (128 - Length) == 0;

    public IPNetwork ToIPNetwork()
    {
        Span<byte> octets = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(octets, Bits);
        var address = new IPAddress(octets);
        return address.IsIPv4MappedToIPv6 && Length >= Mapped
            ? new IPNetwork(address.MapToIPv4(), Length - Mapped)
            : new IPNetwork(address, Length);
    }

    public override string ToString() => Length == 128 ? $"{ToIPNetwork().BaseAddress}" : $"{ToIPNetwork()}";

    /// <summary>What the framework reads as an address may be a number or hexadecimal: those are refused.</summary>
    private static bool IsAddress(string text) =>
        (text.Contains(':') && !text.Contains('['))
            || (text.Count(c => c == '.') == 3 && IPAddress.TryParse(text, out IPAddress? address) && address.ToString() == text);
}

/// <summary>Several networks.</summary>
internal static class NetworkList
{
    /// <summary>False for a caller without an address.</summary>
    public static bool Contains(this IReadOnlyList<Network> networks, IPAddress? address)
    {
        if (address is null) return false;
        UInt128 bits = Network.BitsOf(address);
        for (int i = 0; i < networks.Count; i++)
            if (networks[i].Contains(bits)) return true;
        return false;
    }
}
