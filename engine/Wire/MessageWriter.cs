using System.Buffers.Binary;

namespace KubeDoH.Engine.Wire;

/// <summary>
/// Writes a message front to back. Owner names, and names in the RDATA of the RFC 1035 types, are compressed against every name
/// written before (RFC 1035 4.1.4). When the buffer is full <see cref="Overflowed"/> is set and the rest is dropped.
/// </summary>
internal ref struct MessageWriter
{
    /// <summary>A pointer has 14 bits.</summary>
    private const int PointerLimit = 0x4000;

    /// <summary>Slots of the hash table of suffixes already written; a power of two.</summary>
    internal const int SlotCount = 512;
    private const int Probes = 8;

    private readonly Span<byte> _buffer;
    private readonly Span<ushort> _slots;

    /// <param name="slots">Zeroed room for <see cref="SlotCount"/> offsets; empty turns compression off.</param>
    public MessageWriter(Span<byte> buffer, Span<ushort> slots)
    {
        _buffer = buffer;
        _slots = slots;
    }

    public int Length { get; private set; }

    public bool Overflowed { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _buffer[..Length];

    /// <summary>
    /// Steps back to <paramref name="length"/>, for a record that did not fit whole. Names beyond it are forgotten: other octets
    /// will stand there, and some of them (a TTL, a data length) change after they were written.
    /// </summary>
    public void Rewind(int length)
    {
        Length = length;
        Overflowed = false;
        foreach (ref ushort offset in _slots)
            if (offset >= length) offset = 0;
    }

    public void WriteByte(byte value)
    {
        if (Reserve(1)) _buffer[Length++] = value;
    }

    public void WriteUInt16(ushort value)
    {
        if (!Reserve(2)) return;
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[Length..], value);
        Length += 2;
    }

    public void WriteUInt32(uint value)
    {
        if (!Reserve(4)) return;
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[Length..], value);
        Length += 4;
    }

    public void WriteBytes(scoped ReadOnlySpan<byte> bytes)
    {
        if (!Reserve(bytes.Length)) return;
        bytes.CopyTo(_buffer[Length..]);
        Length += bytes.Length;
    }

    public void WriteHeader(MessageHeader header)
    {
        if (!Reserve(MessageHeader.Size)) return;
        header.Write(_buffer[Length..]);
        Length += MessageHeader.Size;
    }

    /// <summary>
    /// Writes a record: compressed owner, fixed fields, and RDATA whose names are uncompressed in <paramref name="data"/>.
    /// </summary>
    public void WriteRecord(scoped ReadOnlySpan<byte> owner, RecordType type, uint ttl, scoped ReadOnlySpan<byte> data)
    {
        WriteName(owner);
        WriteBehindOwner(type, ttl, data);
    }

    /// <summary>Writes a record whose owner name is a pointer.</summary>
    public void WriteRecordAt(ushort ownerPointer, RecordType type, uint ttl, scoped ReadOnlySpan<byte> data)
    {
        WriteUInt16(ownerPointer);
        WriteBehindOwner(type, ttl, data);
    }

    private void WriteBehindOwner(RecordType type, uint ttl, scoped ReadOnlySpan<byte> data)
    {
        WriteUInt16((ushort)type);
        WriteUInt16((ushort)RecordClass.Internet);
        WriteUInt32(ttl);
        int lengthAt = Length;
        WriteUInt16(0);
        WriteData(type, data);
        if (!Overflowed) BinaryPrimitives.WriteUInt16BigEndian(_buffer[lengthAt..], (ushort)(Length - lengthAt - 2));
    }

    /// <summary>Writes a name, the longest suffix that stands in the message already as a pointer to it.</summary>
    public void WriteName(scoped ReadOnlySpan<byte> name)
    {
        for (; name[0] != 0; name = WireName.Parent(name))
        {
            if (TryPoint(name)) return;
            WriteBytes(name[..(name[0] + 1)]);
        }

        WriteByte(0);
    }

    private void WriteData(RecordType type, scoped ReadOnlySpan<byte> data)
    {
        if (!_slots.IsEmpty && RecordFormat.Of(type) is { IsWellKnown: true, HasNames: true } format)
        {
            foreach (RecordField field in format.Fields)
            {
                int length = field.Measure(data);
                if (length < 0) break;
                if (field.Kind == FieldKind.Name) WriteName(data[..length]);
                else WriteBytes(data[..length]);
                data = data[length..];
            }
        }

        WriteBytes(data);
    }

    /// <summary>
    /// Writes a pointer to <paramref name="suffix"/> where it stands already; else remembers the current position for it.
    /// </summary>
    private bool TryPoint(scoped ReadOnlySpan<byte> suffix)
    {
        if (_slots.IsEmpty) return false;
        uint slot = (uint)Hash(suffix);
        for (int probe = 0; probe < Probes; probe++, slot++)
        {
            ref ushort offset = ref _slots[(int)(slot % SlotCount)];
            if (offset == 0)
            {
                if (Length < PointerLimit) offset = (ushort)Length;
                return false;
            }

            if (!StandsAt(offset, suffix)) continue;
            WriteUInt16((ushort)(0xc000 | offset));
            return true;
        }

        return false;
    }

    private readonly bool StandsAt(int offset, ReadOnlySpan<byte> suffix)
    {
        Span<byte> name = stackalloc byte[WireName.MaxLength];
        return MessageReader.ReadName(Written, offset, name, out int length, out _) == WireError.None
            && name[..length].SequenceEqual(suffix);
    }

    private static int Hash(ReadOnlySpan<byte> name)
    {
        uint hash = 2166136261;
        foreach (byte octet in name) hash = (hash ^ octet) * 16777619;
        return (int)(hash ^ (hash >> 15));
    }

    private bool Reserve(int count)
    {
        if (!Overflowed && _buffer.Length - Length >= count) return true;
        Overflowed = true;
        return false;
    }
}
