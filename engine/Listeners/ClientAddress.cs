using System.Buffers.Binary;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Listeners;

/// <summary>Reads who sent a datagram from the system's own form of an address.</summary>
internal static class ClientAddress
{
    private static readonly UInt128 MappedPrefix = (UInt128)0xffff << 32;

    /// <summary>
    /// The address and the port in a sockaddr (ip(7), ipv6(7)): behind family and port, and in IPv6 behind the flow label. One of IPv4 that
    /// an IPv6 socket shows (RFC 4291 2.5.5.2) is one of IPv4. False where there is none, or no port to reply to.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> name, out ClientEndPoint client)
    {
        ushort port = name.Length < 16 ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(name[2..]);
        client = port == 0
            ? default
            : new ClientEndPoint(Unmapped(AddressKey.Of(name.Length < 28 ? name.Slice(4, 4) : name.Slice(8, 16))), port);
        return port != 0;
    }

    /// <summary>The IPv4 address that an IPv6 one holds; else the same.</summary>
    public static AddressKey Unmapped(AddressKey address) =>
        address.IsV6 && address.Bits >> 32 == MappedPrefix >> 32 ? new AddressKey((uint)address.Bits, false) : address;

    /// <summary>
    /// The network of a client: what one of them has to itself or could send from. /24 and /56, as response rate limits have it.
    /// </summary>
    public static AddressKey NetworkOf(AddressKey address) =>
        address.IsV6 ? address with { Bits = address.Bits >> 72 << 72 } : address with { Bits = address.Bits >> 8 << 8 };
}
