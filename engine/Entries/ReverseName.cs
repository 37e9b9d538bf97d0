using System.Globalization;
using System.Text;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>The names under which the PTR records of addresses live.</summary>
internal static class ReverseName
{
    /// <summary><c>4.3.2.1.in-addr.arpa.</c> (RFC 1035 3.5) for 4 octets, nibbles under <c>ip6.arpa.</c> (RFC 3596 2.5) for 16.</summary>
    public static DnsName Of(ReadOnlySpan<byte> address)
    {
        var text = new StringBuilder(75);
        for (int i = address.Length - 1; i >= 0; i--)
        {
            if (address.Length == 4) text.Append(CultureInfo.InvariantCulture, $"{address[i]}.");
            else text.Append(CultureInfo.InvariantCulture, $"{address[i] & 0xf:x}.{address[i] >> 4:x}.");
        }

        return DnsName.Parse(text.Append(address.Length == 4 ? "in-addr.arpa." : "ip6.arpa.").ToString());
    }
}
