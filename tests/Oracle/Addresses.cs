using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KubeDoH.Tests.Oracle;

/// <summary>Addresses as the texts that DNS has for them.</summary>
internal static class Addresses
{
    public static string Type(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? "A" : "AAAA";

    /// <summary>
    /// Dotted quad, or RFC 5952 text: the longest run of two or more zero groups, the first of equals, becomes <c>::</c>.
    /// </summary>
    public static string Text(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        if (bytes.Length == 4) return string.Join('.', bytes);
        var groups = Enumerable.Range(0, 8).Select(i => (bytes[2 * i] << 8) | bytes[(2 * i) + 1]).ToList();
        for (var length = 8; length >= 2; length--)
        {
            for (var start = 0; start + length <= 8; start++)
            {
                if (groups.Skip(start).Take(length).Any(g => g != 0)) continue;
                return Hex(groups.Take(start)) + "::" + Hex(groups.Skip(start + length));
            }
        }

        return Hex(groups);
    }

    /// <summary>The system-assigned label of an endpoint: dashes for dots and colons, a final dash followed by a zero.</summary>
    public static string Dashed(IPAddress address)
    {
        var text = Text(address).Replace('.', '-').Replace(':', '-');
        return text.EndsWith('-') ? text + "0" : text;
    }

    public static string ReverseName(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return bytes.Length == 4
            ? string.Join('.', bytes.Reverse()) + ".in-addr.arpa."
            : string.Join('.', Convert.ToHexStringLower(bytes).Reverse()) + ".ip6.arpa.";
    }

    /// <summary>The address of a pod label: four octets between three single dashes, or IPv6 text with dashes for colons.</summary>
    public static IPAddress? FromDashed(string label)
    {
        var parts = label.Split('-');
        if (parts.Length == 4 && !label.Contains("--", StringComparison.Ordinal)) return Version4(parts);
        return Version6(label.Replace('-', ':'));
    }

    private static IPAddress? Version4(string[] octets) =>
        octets.All(IsOctet)
        ? new IPAddress([.. octets.Select(o => byte.Parse(o, CultureInfo.InvariantCulture))])
        : null;

    private static bool IsOctet(string text) =>
        text.Length is >= 1 and <= 3
        && text.All(char.IsAsciiDigit)
        && (text == "0" || text[0] != '0')
        && int.Parse(text, CultureInfo.InvariantCulture) <= 255;

    private static IPAddress? Version6(string text)
    {
        var halves = text.Split("::");
        if (halves.Length > 2 || text.Contains(":::", StringComparison.Ordinal)) return null;
        var groups = halves.Select(h => h.Length == 0 ? [] : h.Split(':').ToList()).ToList();
        var written = groups.Sum(g => g.Count);
        if (groups.SelectMany(g => g).Any(g => g.Length is < 1 or > 4 || !g.All(char.IsAsciiHexDigit))) return null;
        if (halves.Length == 2 ? written > 7 : written != 8) return null;
        if (halves.Length == 2) groups.Insert(1, [.. Enumerable.Repeat("0", 8 - written)]);
        var bytes = groups.SelectMany(g => g)
            .Select(g => int.Parse(g, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            .SelectMany(g => new[] { (byte)(g >> 8), (byte)g });
        return new IPAddress([.. bytes]);
    }

    private static string Hex(IEnumerable<int> groups) =>
        string.Join(':', groups.Select(g => g.ToString("x", CultureInfo.InvariantCulture)));
}
