using System.Globalization;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Cluster;

/// <summary>
/// Addresses in the canonical order of their reverse names. Hexadecimal digits sort as text as they do as numbers; decimal octets do
/// not: 10, 100, 2.
/// </summary>
internal sealed class CanonicalAddressOrder : IComparer<AddressKey>
{
    public static readonly CanonicalAddressOrder Instance = new();

    private static readonly byte[] Octets =
        [.. Enumerable.Range(0, 256).OrderBy(octet => octet.ToString(CultureInfo.InvariantCulture), StringComparer.Ordinal)
            .Select(octet => (byte)octet)];

    private static readonly byte[] Ranks = [.. Enumerable.Range(0, 256).Select(octet => (byte)Array.IndexOf(Octets, (byte)octet))];

    public int Compare(AddressKey x, AddressKey y)
    {
        if (x.IsV6 || y.IsV6) return x.CompareTo(y);
        return RankOf((uint)x.Bits).CompareTo(RankOf((uint)y.Bits));
    }

    /// <summary>The last address in this order of a range whose free octets go from 0 to 255; the first one is the range's own.</summary>
    public static AddressKey LastOf(AddressKey first, AddressKey last)
    {
        if (first.IsV6) return last;
        uint low = (uint)first.Bits, high = (uint)last.Bits, bits = 0;
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            byte from = (byte)(low >> shift), to = (byte)(high >> shift);
            bits |= (uint)(from == to ? from : Octets[^1]) << shift;
        }

        return new AddressKey(bits, false);
    }

    private static uint RankOf(uint bits) =>
        ((uint)Ranks[bits >> 24] << 24)
        | ((uint)Ranks[(byte)(bits >> 16)] << 16)
        | ((uint)Ranks[(byte)(bits >> 8)] << 8)
        | Ranks[(byte)bits];
}
