using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace KubeDoH.Engine.Wire;

/// <summary>An address as a number, so that it can be looked up and ordered without an object.</summary>
#pragma warning disable CA1036 // Sorted by, never asked which of two is the greater.
public readonly record struct AddressKey(UInt128 Bits, bool IsV6) : IComparable<AddressKey>
#pragma warning restore CA1036
{
    /// <summary>Octets of the address: 4 or 16.</summary>
    public int Size => IsV6 ? 16 : 4;

    public static AddressKey Of(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out int written);
        return Of(octets[..written]);
    }

    /// <param name="octets">4 or 16 octets in network order.</param>
    public static AddressKey Of(ReadOnlySpan<byte> octets) => octets.Length == 4
        ? new AddressKey(BinaryPrimitives.ReadUInt32BigEndian(octets), false)
        : new AddressKey(BinaryPrimitives.ReadUInt128BigEndian(octets), true);

    /// <summary>RDATA of its A or AAAA record.</summary>
    public byte[] ToData()
    {
        var data = new byte[Size];
        if (IsV6) BinaryPrimitives.WriteUInt128BigEndian(data, Bits);
        else BinaryPrimitives.WriteUInt32BigEndian(data, (uint)Bits);
        return data;
    }

    public int CompareTo(AddressKey other) => IsV6 == other.IsV6 ? Bits.CompareTo(other.Bits) : IsV6.CompareTo(other.IsV6);

    public static bool IsAddress(IPAddress address) =>
        address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6;
}
