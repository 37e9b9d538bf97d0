using System.Buffers.Binary;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward;

/// <summary>A record of an upstream's reply: owner in lower case, RDATA with its names uncompressed.</summary>
internal sealed record ReplyRecord(Section Section, DnsName Owner, RecordType Type, uint Ttl, byte[] Data)
{
    /// <summary>The type that a signature is for (RFC 4034 3.1.1); null for any other record.</summary>
    public RecordType? Covers =>
        Type == RecordType.RRSIG && Data.Length > 2 ? (RecordType)BinaryPrimitives.ReadUInt16BigEndian(Data) : null;

    /// <summary>The records of an answer that an upstream gave before.</summary>
    public static List<ReplyRecord> Of(Answer answer, ReadOnlySpan<byte> questionName)
    {
        var records = new List<ReplyRecord>();
        Span<byte> room = stackalloc byte[AnswerRecords.Room];
        AnswerRecords reader = answer.ReadRecords(questionName, room);
        while (reader.MoveNext())
            records.Add(new ReplyRecord(reader.Section, DnsName.Copy(reader.Owner), reader.Type, reader.Ttl, reader.Data.ToArray()));
        return records;
    }
}
