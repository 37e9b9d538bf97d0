using System.Buffers.Binary;

namespace KubeDoH.Engine.Wire;

/// <summary>The 12 octets in front of every message (RFC 1035 4.1.1), with AD and CD of RFC 4035.</summary>
public readonly record struct MessageHeader(
    ushort Id, ushort Flags, ushort QuestionCount, ushort AnswerCount, ushort AuthorityCount, ushort AdditionalCount)
{
    public const int Size = 12;

    public const ushort Response = 0x8000;
    public const ushort Authoritative = 0x0400;
    public const ushort Truncated = 0x0200;
    public const ushort RecursionDesired = 0x0100;
    public const ushort RecursionAvailable = 0x0080;
    public const ushort AuthenticData = 0x0020;
    public const ushort CheckingDisabled = 0x0010;

    public bool Has(ushort flag) => (Flags & flag) != 0;

    public Opcode Opcode => (Opcode)((Flags >> 11) & 0xf);

    /// <summary>The low four bits of the response code; the rest is in the OPT record.</summary>
    public Rcode Rcode => (Rcode)(Flags & 0xf);

    public static MessageHeader Read(ReadOnlySpan<byte> message) => new(
        BinaryPrimitives.ReadUInt16BigEndian(message),
        BinaryPrimitives.ReadUInt16BigEndian(message[2..]),
        BinaryPrimitives.ReadUInt16BigEndian(message[4..]),
        BinaryPrimitives.ReadUInt16BigEndian(message[6..]),
        BinaryPrimitives.ReadUInt16BigEndian(message[8..]),
        BinaryPrimitives.ReadUInt16BigEndian(message[10..]));

    /// <summary>A reply of a header only: id, opcode and RD as they came, and a response code (RFC 1035 4.1.1).</summary>
    public static MessageHeader Reply(ushort id, ushort flags, Rcode rcode)
    {
        const ushort Copied = 0x7800 | RecursionDesired;
        return new MessageHeader(id, (ushort)(Response | RecursionAvailable | (flags & Copied) | (ushort)rcode), 0, 0, 0, 0);
    }

    public void Write(Span<byte> message)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message, Id);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], Flags);
        BinaryPrimitives.WriteUInt16BigEndian(message[4..], QuestionCount);
        BinaryPrimitives.WriteUInt16BigEndian(message[6..], AnswerCount);
        BinaryPrimitives.WriteUInt16BigEndian(message[8..], AuthorityCount);
        BinaryPrimitives.WriteUInt16BigEndian(message[10..], AdditionalCount);
    }
}
