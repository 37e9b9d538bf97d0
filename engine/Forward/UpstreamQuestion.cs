using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward;

/// <summary>What an upstream is asked: everything of a client's query that may change the answer, and nothing else of it.</summary>
internal readonly record struct UpstreamQuestion(DnsName Name, RecordType Type, bool CheckingDisabled, bool AuthenticData, bool DnssecOk)
{
    /// <summary>The largest question: header, name, type and class, an OPT record with the options that travel.</summary>
    public const int MaxSize = MessageHeader.Size + WireName.MaxLength + 4 + 11 + EdnsOptions.MostTravelling;

    /// <summary>The client's EDNS options that are not for this service alone.</summary>
    public ReadOnlyMemory<byte> Options { get; init; }

    /// <summary>Who notes the tries at it; null but for a question that is traced.</summary>
    public UpstreamTries? Tries { get; init; }

    public static UpstreamQuestion Of(Query query) =>
        new(DnsName.Copy(query.Name), query.Type, query.CheckingDisabled, query.AuthenticData, query.DnssecOk)
        {
            Options = query.Options.IsEmpty ? default : query.Options.ToArray(),
        };

    /// <summary>Writes the message, with the OPT record of RFC 6891 6.1.2 or without; returns its octets.</summary>
    public int Write(Span<byte> message, ushort id, bool edns)
    {
        int flags = MessageHeader.RecursionDesired;
        if (CheckingDisabled) flags |= MessageHeader.CheckingDisabled;
        if (AuthenticData) flags |= MessageHeader.AuthenticData;
        var writer = new MessageWriter(message, slots: default);
        writer.WriteHeader(new MessageHeader(id, (ushort)flags, 1, 0, 0, (ushort)(edns ? 1 : 0)));
        writer.WriteName(Name.Span);
        writer.WriteUInt16((ushort)Type);
        writer.WriteUInt16((ushort)RecordClass.Internet);
        if (edns)
        {
            writer.WriteByte(0);
            writer.WriteUInt16((ushort)RecordType.OPT);
            writer.WriteUInt16(Query.UdpPayloadSize);
            writer.WriteUInt32(DnssecOk ? 0x8000u : 0);
            writer.WriteUInt16((ushort)Options.Length);
            writer.WriteBytes(Options.Span);
        }

        return writer.Length;
    }

    /// <summary>
    /// True when the message is a response to this question: QR, opcode, and the question octet by octet as it was sent
    /// (RFC 5452 3). Its id is the transport's to check.
    /// </summary>
    /// <param name="end">Where the records start.</param>
    public bool IsAnsweredBy(ReadOnlySpan<byte> message, out int end)
    {
        end = MessageHeader.Size + Name.Span.Length + 4;
        if (message.Length < end) return false;
        var header = MessageHeader.Read(message);
        if (!header.Has(MessageHeader.Response) || header.Opcode != Opcode.Query || header.QuestionCount != 1) return false;
        var reader = new MessageReader(message, end - 4);
        return message[MessageHeader.Size..(end - 4)].SequenceEqual(Name.Span)
            && reader.TryReadUInt16(out ushort type) && type == (ushort)Type
            && reader.TryReadUInt16(out ushort @class) && @class == (ushort)RecordClass.Internet;
    }
}
