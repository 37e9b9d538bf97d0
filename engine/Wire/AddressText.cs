using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KubeDoH.Engine.Wire;

/// <summary>Internet addresses as octets and in text: dotted decimal, and RFC 4291 2.2 read, RFC 5952 written.</summary>
internal static class AddressText
{
    /// <summary>Keeps out what the platform reads beside addresses: zones, brackets, ports.</summary>
    private static readonly SearchValues<char> Ipv6Characters = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>Reads four numbers from 0 to 255 without leading zeros into <paramref name="address"/> (4 octets).</summary>
    public static bool TryReadIpv4(ReadOnlySpan<char> text, Span<byte> address)
    {
        int count = 0;
        foreach (Range part in text.Split('.'))
        {
            ReadOnlySpan<char> digits = text[part];
            if (count == 4 || (digits.Length > 1 && digits[0] == '0')) return false;
            if (!byte.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out address[count++])) return false;
        }

        return count == 4;
    }

    /// <summary>Reads an address without zone or brackets into <paramref name="address"/> (16 octets).</summary>
    public static bool TryReadIpv6(ReadOnlySpan<char> text, Span<byte> address) =>
        !text.ContainsAnyExcept(Ipv6Characters)
        && IPAddress.TryParse(text, out IPAddress? parsed)
        && parsed.AddressFamily == AddressFamily.InterNetworkV6
        && parsed.TryWriteBytes(address, out _);

    /// <summary>Writes an address of 4 octets.</summary>
    public static void WriteIpv4(ref AsciiWriter text, ReadOnlySpan<byte> address)
    {
        for (int i = 0; i < 4; i++)
        {
            if (i > 0) text.Write('.');
            text.WriteNumber(address[i]);
        }
    }

    /// <summary>Writes an address of 16 octets: lower case, the longest run of zero groups as "::", a mapped IPv4 address dotted.</summary>
    public static void WriteIpv6(ref AsciiWriter text, ReadOnlySpan<byte> address)
    {
        if (address.StartsWith((ReadOnlySpan<byte>)[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]))
        {
            text.Write("::ffff:"u8);
            WriteIpv4(ref text, address[12..]);
            return;
        }

        (int zeros, int zerosEnd) = LongestZeros(address);
        for (int group = 0; group < 8; group++)
        {
            if (group == zeros)
            {
                text.Write("::"u8);
                group = zerosEnd - 1;
                continue;
            }

            if (group > 0 && group != zerosEnd) text.Write(':');
            WriteGroup(ref text, Group(address, group));
        }
    }

    /// <summary>The first of the longest runs of at least two zero groups; (-1, -1) when there is none (RFC 5952 4.2).</summary>
    private static (int Start, int End) LongestZeros(ReadOnlySpan<byte> address)
    {
        int bestStart = -1, bestEnd = -1;
        for (int start = 0; start < 8; start++)
        {
            int end = start;
            while (end < 8 && Group(address, end) == 0) end++;
            if (end - start >= 2 && end - start > bestEnd - bestStart) (bestStart, bestEnd) = (start, end);
        }

        return (bestStart, bestEnd);
    }

    private static ushort Group(ReadOnlySpan<byte> address, int group) => BinaryPrimitives.ReadUInt16BigEndian(address[(group * 2)..]);

    private static void WriteGroup(ref AsciiWriter text, ushort group)
    {
        Span<byte> digits = stackalloc byte[4];
        group.TryFormat(digits, out int length, "x", CultureInfo.InvariantCulture);
        text.Write(digits[..length]);
    }
}
