using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace KubeDoH.Engine.Wire;

/// <summary>
/// Service parameters in presentation form (RFC 9460 2.1 and appendix A): <c>key</c> or <c>key=value</c>, the value quoted or not.
/// Lists are separated by commas; in alpn <c>\,</c> and <c>\\</c> stand for themselves, below the escapes of a character-string.
/// </summary>
internal static class SvcParamsText
{
    private static readonly string[] Names = ["mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint", "dohpath"];

    private delegate bool ItemReader(ReadOnlySpan<char> text, List<byte> value);

    /// <summary>Reads one parameter.</summary>
    public static bool TryRead(ReadOnlySpan<char> word, out SvcParamKey key, out byte[] value, [NotNullWhen(false)] out string? error)
    {
        int equals = word.IndexOf('=');
        ReadOnlySpan<char> name = equals < 0 ? word : word[..equals];
        value = [];
        if (!TryReadKey(name, out key)) return Fail("a key must be a name such as alpn or keyNNNNN", out error);
        if (!StringText.TryRead(equals < 0 ? default : word[(equals + 1)..], out ReadOnlySpan<byte> octets, out error)) return false;
        if (TryReadValue(key, octets, out value)) return true;
        return Fail($"the value of {name} is malformed", out error);
    }

    /// <summary>Writes sound parameters, each behind a blank.</summary>
    public static void Write(ref AsciiWriter text, ReadOnlySpan<byte> data)
    {
        var parameters = new SvcParams(data);
        while (parameters.TryNext(out SvcParamKey key, out ReadOnlySpan<byte> value))
        {
            text.Write(' ');
            WriteKey(ref text, key);
            if (value.IsEmpty) continue;
            text.Write('=');
            WriteValue(ref text, key, value);
        }
    }

    private static bool TryReadKey(ReadOnlySpan<char> text, out SvcParamKey key)
    {
        for (int i = 0; i < Names.Length; i++)
        {
            key = (SvcParamKey)i;
            if (text.Equals(Names[i], StringComparison.OrdinalIgnoreCase)) return true;
        }

        bool isNumber = text.StartsWith("key", StringComparison.OrdinalIgnoreCase);
        ushort number = 0;
        isNumber = isNumber && ushort.TryParse(text[3..], NumberStyles.None, CultureInfo.InvariantCulture, out number);
        key = (SvcParamKey)number;
        return isNumber;
    }

    /// <summary>A value's octets from its text; <see cref="SvcParams.FindFault"/> judges the rest, such as a missing value.</summary>
    private static bool TryReadValue(SvcParamKey key, ReadOnlySpan<byte> octets, out byte[] value)
    {
        value = octets.ToArray();
        if (octets.IsEmpty) return true;
        switch (key)
        {
            case SvcParamKey.Mandatory:
                return TryReadItems(octets, out value, TryReadMandatory) && Sort(value);
            case SvcParamKey.Alpn:
                return TryReadProtocols(octets, out value);
            case SvcParamKey.Port:
                bool isPort = ushort.TryParse(octets, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port);
                value = [(byte)(port >> 8), (byte)port];
                return isPort;
            case SvcParamKey.Ipv4Hint:
                return TryReadItems(octets, out value, (text, list) => TryReadAddress(text, list, stackalloc byte[4]));
            case SvcParamKey.Ipv6Hint:
                return TryReadItems(octets, out value, (text, list) => TryReadAddress(text, list, stackalloc byte[16]));
            case SvcParamKey.Ech:
                value = new byte[Base64.GetMaxDecodedFromUtf8Length(octets.Length)];
                bool isBase64 = Base64.DecodeFromUtf8(octets, value, out _, out int length) == System.Buffers.OperationStatus.Done;
                value = value[..length];
                return isBase64;
            default:
                return true;
        }
    }

    private static bool TryReadItems(ReadOnlySpan<byte> octets, out byte[] value, ItemReader reader)
    {
        var list = new List<byte>();
        string text = System.Text.Encoding.Latin1.GetString(octets);
        bool read = true;
        foreach (string item in text.Split(',')) read = read && reader(item, list);
        value = [.. list];
        return read;
    }

    private static bool TryReadMandatory(ReadOnlySpan<char> text, List<byte> value)
    {
        if (!TryReadKey(text, out SvcParamKey key)) return false;
        value.Add((byte)((ushort)key >> 8));
        value.Add((byte)key);
        return true;
    }

    private static bool TryReadAddress(ReadOnlySpan<char> text, List<byte> value, Span<byte> address)
    {
        bool read = address.Length == 4 ? AddressText.TryReadIpv4(text, address) : AddressText.TryReadIpv6(text, address);
        value.AddRange(address);
        return read;
    }

    /// <summary>Puts pairs of octets in ascending order, as mandatory wants its keys on the wire (RFC 9460 8).</summary>
    private static bool Sort(byte[] pairs)
    {
        ushort[] keys = [.. pairs.Chunk(2).Select(pair => BinaryPrimitives.ReadUInt16BigEndian(pair))];
        Array.Sort(keys);
        for (int i = 0; i < keys.Length; i++) BinaryPrimitives.WriteUInt16BigEndian(pairs.AsSpan(i * 2), keys[i]);
        return true;
    }

    private static bool TryReadProtocols(ReadOnlySpan<byte> octets, out byte[] value)
    {
        var list = new List<byte>(octets.Length + 1) { 0 };
        int lengthAt = 0;
        value = [];
        for (int i = 0; i < octets.Length; i++)
        {
            if (octets[i] == ',')
            {
                lengthAt = list.Count;
                list.Add(0);
                continue;
            }

            if (octets[i] == '\\' && (++i == octets.Length || octets[i] is not ((byte)',' or (byte)'\\'))) return false;
            if (list[lengthAt] == byte.MaxValue) return false;
            list[lengthAt]++;
            list.Add(octets[i]);
        }

        value = [.. list];
        return true;
    }

    private static void WriteKey(ref AsciiWriter text, SvcParamKey key)
    {
        if ((int)key < Names.Length)
        {
            text.Write(Names[(int)key]);
            return;
        }

        text.Write("key"u8);
        text.WriteNumber((ushort)key);
    }

    private static void WriteValue(ref AsciiWriter text, SvcParamKey key, ReadOnlySpan<byte> value)
    {
        switch (key)
        {
            case SvcParamKey.Port:
                text.WriteNumber(BinaryPrimitives.ReadUInt16BigEndian(value));
                break;
            case SvcParamKey.Ech:
                text.WriteBase64(value);
                break;
            case SvcParamKey.Alpn:
                WriteProtocols(ref text, value);
                break;
            case SvcParamKey.Mandatory:
                WriteItems(ref text, value, key, 2);
                break;
            case SvcParamKey.Ipv4Hint:
                WriteItems(ref text, value, key, 4);
                break;
            case SvcParamKey.Ipv6Hint:
                WriteItems(ref text, value, key, 16);
                break;
            default:
                StringText.Write(ref text, value);
                break;
        }
    }

    private static void WriteItems(ref AsciiWriter text, ReadOnlySpan<byte> value, SvcParamKey key, int size)
    {
        for (int at = 0; at < value.Length; at += size)
        {
            if (at > 0) text.Write(',');
            ReadOnlySpan<byte> item = value.Slice(at, size);
            if (key == SvcParamKey.Mandatory) WriteKey(ref text, (SvcParamKey)BinaryPrimitives.ReadUInt16BigEndian(item));
            else if (key == SvcParamKey.Ipv4Hint) AddressText.WriteIpv4(ref text, item);
            else AddressText.WriteIpv6(ref text, item);
        }
    }

    private static void WriteProtocols(ref AsciiWriter text, ReadOnlySpan<byte> value)
    {
        text.Write('"');
        for (bool first = true; !value.IsEmpty; first = false)
        {
            if (!first) text.Write(',');
            foreach (byte octet in value.Slice(1, value[0]))
            {
                if (octet is (byte)',' or (byte)'\\') StringText.WriteOctet(ref text, (byte)'\\');
                StringText.WriteOctet(ref text, octet);
            }

            value = value[(value[0] + 1)..];
        }

        text.Write('"');
    }

    private static bool Fail(string why, out string error)
    {
        error = why;
        return false;
    }
}
