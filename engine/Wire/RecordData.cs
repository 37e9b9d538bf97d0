namespace KubeDoH.Engine.Wire;

/// <summary>
/// Where the domain names lie in the RDATA of a type: octets in front of the first name, and how many names follow.
/// Only the types of RFC 1035 may be compressed when sent (RFC 3597 4); the others listed there must still be understood
/// when an older sender compressed them.
/// </summary>
internal readonly record struct NameLayout(int Prefix, int Names, bool Compressible)
{
    public static NameLayout Of(RecordType type) => type switch
    {
        RecordType.NS or RecordType.CNAME or RecordType.PTR or RecordType.MB or RecordType.MG or RecordType.MR => new(0, 1, true),
        RecordType.SOA or RecordType.MINFO => new(0, 2, true),
        RecordType.MX => new(2, 1, true),
        RecordType.DNAME => new(0, 1, false),
        RecordType.RP => new(0, 2, false),
        RecordType.AFSDB or RecordType.RT or RecordType.KX => new(2, 1, false),
        RecordType.PX => new(2, 2, false),
        RecordType.SRV => new(6, 1, false),
        RecordType.NAPTR => new(4, 1, false),
        RecordType.SVCB or RecordType.HTTPS => new(2, 1, false),
        _ => default,
    };
}

/// <summary>RDATA as bytes: copying it out of a message with its names written in full.</summary>
public static class RecordData
{
    /// <summary>
    /// Copies the RDATA of <paramref name="record"/> with its names uncompressed, checking that its fixed fields and names fit
    /// its length exactly. <paramref name="destination"/> takes up to 65,535 octets.
    /// </summary>
    public static WireError TryCopy(ReadOnlySpan<byte> message, in WireRecord record, Span<byte> destination, out int length)
    {
        length = 0;
        ReadOnlySpan<byte> data = message.Slice(record.DataOffset, record.DataLength);
        NameLayout layout = NameLayout.Of(record.Type);
        if (!HasValidLength(record.Type, data)) return WireError.BadRecordData;

        int prefix = layout.Prefix;
        if (record.Type == RecordType.NAPTR && !TrySkipStrings(data, 3, ref prefix)) return WireError.BadRecordData;
        if (prefix > data.Length || destination.Length < data.Length) return prefix > data.Length ? WireError.BadRecordData : WireError.NoRoom;

        data[..prefix].CopyTo(destination);
        length = prefix;
        int at = record.DataOffset + prefix, dataEnd = record.DataOffset + record.DataLength;
        for (int i = 0; i < layout.Names; i++)
        {
            if (destination.Length - length < WireName.MaxLength) return WireError.NoRoom;
            WireError error = MessageReader.ReadName(message[..dataEnd], at, destination[length..], out int nameLength, out at);
            if (error != WireError.None) return error == WireError.Truncated ? WireError.BadRecordData : error;
            length += nameLength;
        }

        ReadOnlySpan<byte> rest = message[at..dataEnd];
        if (layout.Names > 0 && !rest.IsEmpty && !MayHaveTail(record.Type, rest.Length)) return WireError.BadRecordData;
        if (destination.Length - length < rest.Length) return WireError.NoRoom;
        rest.CopyTo(destination[length..]);
        length += rest.Length;
        return WireError.None;
    }

    /// <summary>The octets that a type fixes: addresses, and the five numbers behind an SOA's names.</summary>
    private static bool HasValidLength(RecordType type, ReadOnlySpan<byte> data) => type switch
    {
        RecordType.A => data.Length == 4,
        RecordType.AAAA => data.Length == 16,
        RecordType.TXT => IsStrings(data),
        RecordType.HINFO => IsStrings(data),
        RecordType.SOA => data.Length >= 22,
        _ => true,
    };

    private static bool MayHaveTail(RecordType type, int tail) =>
        type is RecordType.SVCB or RecordType.HTTPS || (type == RecordType.SOA && tail == 20);

    private static bool IsStrings(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) return false;
        int at = 0;
        while (at < data.Length) at += data[at] + 1;
        return at == data.Length;
    }

    private static bool TrySkipStrings(ReadOnlySpan<byte> data, int count, ref int at)
    {
        for (; count > 0; count--)
        {
            if (at >= data.Length) return false;
            at += data[at] + 1;
        }

        return at <= data.Length;
    }
}
