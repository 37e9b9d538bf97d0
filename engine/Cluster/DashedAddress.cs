using System.Net;
using System.Net.Sockets;
using System.Text;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Cluster;

/// <summary>
/// Addresses as labels: <c>10-244-0-8</c>, <c>fd00-10-244--40</c> (pod names, and endpoints without a hostname; CoreDNS's forms).
/// </summary>
internal static class DashedAddress
{
    /// <summary>The address as a label; an IPv6 one that would end in a dash gets a 0 behind it.</summary>
    public static byte[] Write(IPAddress address)
    {
        string text = address.ToString().Replace('.', '-').Replace(':', '-');
        return Encoding.ASCII.GetBytes(text.EndsWith('-') ? text + "0" : text);
    }

    /// <summary>Reads a label: with exactly three single dashes it is IPv4, else IPv6.</summary>
    public static bool TryRead(ReadOnlySpan<byte> label, out AddressKey address)
    {
        address = default;
        if (label.Count((byte)'-') == 3 && label.IndexOf("--"u8) < 0) return TryReadV4(label, out address);
        if (label.Length > 39) return false;
        Span<byte> text = stackalloc byte[label.Length];
        for (int i = 0; i < label.Length; i++)
        {
            if (label[i] != '-' && !char.IsAsciiHexDigit((char)label[i])) return false;
            text[i] = label[i] == '-' ? (byte)':' : label[i];
        }

        if (!IPAddress.TryParse(text, out IPAddress? parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6) return false;
        address = AddressKey.Of(parsed);
        return true;
    }

    private static bool TryReadV4(ReadOnlySpan<byte> label, out AddressKey address)
    {
        uint bits = 0;
        address = default;
        for (int i = 0; i < 4; i++)
        {
            int dash = label.IndexOf((byte)'-');
            if (!DecimalOctet.TryRead(dash < 0 ? label : label[..dash], out byte octet)) return false;
            bits = (bits << 8) | octet;
            label = dash < 0 ? [] : label[(dash + 1)..];
        }

        address = new AddressKey(bits, false);
        return true;
    }
}
