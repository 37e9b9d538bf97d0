namespace KubeDoH.Engine.Wire;

/// <summary>RDATA as bytes: whether it is well-formed, and copying it out of a message with its names written in full.</summary>
public static class RecordData
{
    /// <summary>
    /// True when uncompressed <paramref name="data"/> is what <paramref name="type"/> defines; any octets will do for an unknown
    /// type.
    /// </summary>
    public static bool IsValid(RecordType type, ReadOnlySpan<byte> data)
    {
        if (RecordFormat.Of(type) is not { } format) return data.Length <= ushort.MaxValue;
        if (type is RecordType.SVCB or RecordType.HTTPS && IsAliasWithParameters(data)) return false;
        foreach (RecordField field in format.Fields)
        {
            int length = field.Measure(data);
            if (length < 0 || !field.IsSound(data[..length])) return false;
            data = data[length..];
        }

        return data.IsEmpty;
    }

    /// <summary>
    /// Copies the RDATA of <paramref name="record"/> with its names uncompressed. Data of the well-known types and of those that hold
    /// names must fit its length exactly; any other is copied as it is. <paramref name="destination"/> takes up to 65,535 octets.
    /// </summary>
    public static WireError TryCopy(ReadOnlySpan<byte> message, in WireRecord record, Span<byte> destination, out int length)
    {
        length = 0;
        int at = record.DataOffset, end = record.DataOffset + record.DataLength;
        if (RecordFormat.Of(record.Type) is not { } format || !(format.IsWellKnown || format.HasNames))
            return TryAppend(message[at..end], destination, ref length);

        foreach (RecordField field in format.Fields)
        {
            WireError error;
            if (field.Kind == FieldKind.Name)
            {
                error = TryAppendName(message[..end], ref at, destination, ref length);
            }
            else
            {
                int taken = field.Measure(message[at..end]);
                if (taken < 0) return WireError.BadRecordData;
                error = TryAppend(message.Slice(at, taken), destination, ref length);
                at += taken;
            }

            if (error != WireError.None) return error;
        }

        return at == end ? WireError.None : WireError.BadRecordData;
    }

    private static WireError TryAppend(ReadOnlySpan<byte> octets, Span<byte> destination, ref int length)
    {
        if (destination.Length - length < octets.Length) return WireError.NoRoom;
        octets.CopyTo(destination[length..]);
        length += octets.Length;
        return WireError.None;
    }

    private static WireError TryAppendName(ReadOnlySpan<byte> message, ref int at, Span<byte> destination, ref int length)
    {
        Span<byte> name = stackalloc byte[WireName.MaxLength];
        WireError error = MessageReader.ReadName(message, at, name, out int nameLength, out at);
        if (error != WireError.None) return error == WireError.Truncated ? WireError.BadRecordData : error;
        return TryAppend(name[..nameLength], destination, ref length);
    }

    /// <summary>Priority 0 is the alias mode, which takes no parameters (RFC 9460 2.4.2).</summary>
    private static bool IsAliasWithParameters(ReadOnlySpan<byte> data) =>
        data is [0, 0, ..] && WireName.Measure(data[2..]) != data.Length - 2;
}
