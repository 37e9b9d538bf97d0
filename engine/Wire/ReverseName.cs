using System.Globalization;
using System.Text;

namespace KubeDoH.Engine.Wire;

/// <summary>
/// Reverse names: <c>8.0.244.10.in-addr.arpa</c> (RFC 1035 3.5) and the 32 nibbles of <c>ip6.arpa</c> (RFC 3596 2.5). A name with
/// fewer labels stands for the range of addresses below it.
/// </summary>
internal static class ReverseName
{
    public static readonly DnsName V4Zone = DnsName.Parse("in-addr.arpa");
    public static readonly DnsName V6Zone = DnsName.Parse("ip6.arpa");

    /// <summary>The name that owns the PTR record of an address.</summary>
    public static DnsName Write(AddressKey address)
    {
        var text = new StringBuilder(80);
        byte[] octets = address.ToData();
        for (int i = octets.Length - 1; i >= 0; i--)
        {
            if (address.IsV6) text.Append(CultureInfo.InvariantCulture, $"{octets[i] & 0xf:x}.{octets[i] >> 4:x}.");
            else text.Append(CultureInfo.InvariantCulture, $"{octets[i]}.");
        }

        return DnsName.Parse(text.Append(address.IsV6 ? "ip6.arpa" : "in-addr.arpa").ToString());
    }

    /// <summary>Reads a name at or below <see cref="V4Zone"/> or <see cref="V6Zone"/> as the range of addresses below it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> name, bool isV6, out AddressKey first, out AddressKey last)
    {
        first = last = default;
        int most = isV6 ? 32 : 4, bitsPerLabel = isV6 ? 4 : 8;
        int labels = WireName.LabelCount(name) - 2;
        if (labels > most) return false;

        UInt128 bits = 0;
        for (int i = 0; i < labels; i++, name = WireName.Parent(name))
        {
            if (!TryReadLabel(WireName.FirstLabel(name), isV6, out byte value)) return false;
            bits |= (UInt128)value << (bitsPerLabel * i);
        }

        int hostBits = bitsPerLabel * (most - labels);
        UInt128 prefix = hostBits == 128 ? 0 : bits << hostBits;
        UInt128 range = hostBits == 128 ? UInt128.MaxValue : (UInt128.One << hostBits) - 1;
        first = new AddressKey(prefix, isV6);
        last = new AddressKey(prefix | range, isV6);
        return true;
    }

    private static bool TryReadLabel(ReadOnlySpan<byte> label, bool isV6, out byte value)
    {
        if (!isV6) return DecimalOctet.TryRead(label, out value);
        value = 0;
        if (label.Length != 1 || !char.IsAsciiHexDigitLower((char)label[0]) && !char.IsAsciiDigit((char)label[0])) return false;
        value = (byte)(label[0] <= '9' ? label[0] - '0' : label[0] - 'a' + 10);
        return true;
    }
}
