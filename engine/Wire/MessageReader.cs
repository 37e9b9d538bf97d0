using System.Buffers.Binary;

namespace KubeDoH.Engine.Wire;

/// <summary>A record as it lies in a message: offsets, nothing copied.</summary>
/// <param name="NameOffset">Where its owner name starts.</param>
/// <param name="Ttl">Seconds; a value with the top bit set has been read as 0 (RFC 2181 8).</param>
/// <param name="DataOffset">Where its RDATA starts.</param>
public readonly record struct WireRecord(int NameOffset, RecordType Type, RecordClass Class, uint Ttl, int DataOffset, int DataLength);

/// <summary>
/// Reads a message front to back without copying it. Every method says no instead of throwing, and none reads beyond the span:
/// the bytes come from strangers. Grammar: RFC 1035 4.1, compression 4.1.4.
/// </summary>
public ref struct MessageReader(ReadOnlySpan<byte> message, int position = 0)
{
    private readonly ReadOnlySpan<byte> _message = message;

    public int Position { get; private set; } = position;

    public readonly bool AtEnd => Position >= _message.Length;

    public bool TryReadUInt16(out ushort value)
    {
        bool fits = Position + 2 <= _message.Length;
        value = fits ? BinaryPrimitives.ReadUInt16BigEndian(_message[Position..]) : (ushort)0;
        if (fits) Position += 2;
        return fits;
    }

    /// <summary>
    /// Reads the name at the position, uncompressed and with its case kept, into <paramref name="destination"/> (255 octets).
    /// </summary>
    public WireError TryReadName(Span<byte> destination, out int length)
    {
        WireError error = ReadName(_message, Position, destination, out length, out int end);
        if (error == WireError.None) Position = end;
        return error;
    }

    /// <summary>Moves past the name at the position, following no pointer.</summary>
    public bool TrySkipName()
    {
        int at = Position;
        while (at < _message.Length)
        {
            byte octet = _message[at];
            switch (octet & 0xc0)
            {
                case 0xc0:
                    Position = at + 2;
                    return Position <= _message.Length;
                case 0 when octet == 0:
                    Position = at + 1;
                    return true;
                case 0:
                    at += octet + 1;
                    break;
                default:
                    return false;
            }
        }

        return false;
    }

    /// <summary>Reads the record at the position and moves past it; its RDATA lies within the message.</summary>
    public WireError TryReadRecord(out WireRecord record)
    {
        record = default;
        int nameOffset = Position;
        if (!TrySkipName()) return WireError.BadName;
        if (Position + 10 > _message.Length) return WireError.Truncated;
        ReadOnlySpan<byte> rest = _message[Position..];
        int dataLength = BinaryPrimitives.ReadUInt16BigEndian(rest[8..]);
        if (rest.Length - 10 < dataLength) return WireError.Truncated;
        uint ttl = BinaryPrimitives.ReadUInt32BigEndian(rest[4..]);
        record = new WireRecord(
            nameOffset,
            (RecordType)BinaryPrimitives.ReadUInt16BigEndian(rest),
            (RecordClass)BinaryPrimitives.ReadUInt16BigEndian(rest[2..]),
            ttl > int.MaxValue ? 0 : ttl,
            Position + 10,
            dataLength);
        Position += 10 + dataLength;
        return WireError.None;
    }

    /// <summary>
    /// Reads the name at <paramref name="offset"/> uncompressed. A pointer must lead to behind the header and before the labels that it
    /// ends, so every jump goes back and a loop cannot be; and a name takes no more pointers than it can have labels, as a chain of
    /// pointers alone would cost thousands of jumps for each of a message's thousands of names.
    /// </summary>
    /// <param name="end">The offset after the name as it stands at <paramref name="offset"/>.</param>
    public static WireError ReadName(ReadOnlySpan<byte> message, int offset, Span<byte> destination, out int length, out int end)
    {
        length = 0;
        end = -1;
        int at = offset, limit = offset, jumps = 0;
        while ((uint)at < (uint)message.Length)
        {
            int octet = message[at];
            if (octet >= 0xc0)
            {
                if (at + 2 > message.Length) return WireError.Truncated;
                if (end < 0) end = at + 2;
                at = ((octet & 0x3f) << 8) | message[at + 1];
                if (at < MessageHeader.Size || at >= limit || ++jumps > WireName.MaxLabels) return WireError.BadName;
                limit = at;
                continue;
            }

            if (octet > WireName.MaxLabel) return WireError.BadName;
            if (at + 1 + octet > message.Length) return WireError.Truncated;
            if (length + 1 + octet > WireName.MaxLength) return WireError.BadName;
            message.Slice(at, octet + 1).CopyTo(destination[length..]);
            length += octet + 1;
            at += octet + 1;
            if (octet != 0) continue;
            if (end < 0) end = at;
            return WireError.None;
        }

        return WireError.Truncated;
    }
}
