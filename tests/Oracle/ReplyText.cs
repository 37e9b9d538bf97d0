using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Oracle;

/// <summary>Reads the bytes of a reply as text.</summary>
internal static class ReplyText
{
    public static OracleAnswer Read(ReadOnlySpan<byte> message)
    {
        var header = MessageHeader.Read(message);
        Assert.True(header.Has(MessageHeader.Response) && header.Has(MessageHeader.RecursionAvailable));
        var reader = new MessageReader(message, MessageHeader.Size);
        Assert.True(reader.TrySkipName() && reader.TryReadUInt16(out _) && reader.TryReadUInt16(out _));
        List<TextRecord> answer = ReadSection(message, ref reader, header.AnswerCount);
        List<TextRecord> authority = ReadSection(message, ref reader, header.AuthorityCount);
        List<TextRecord> additional = ReadSection(message, ref reader, header.AdditionalCount);
        Assert.True(reader.AtEnd);
        return new OracleAnswer(
            RcodeText.Write(header.Rcode), header.Has(MessageHeader.Authoritative), answer, authority,
            [.. additional.Where(record => record.Type != "OPT")]);
    }

    private static List<TextRecord> ReadSection(ReadOnlySpan<byte> message, ref MessageReader reader, int count)
    {
        var records = new List<TextRecord>();
        var name = new byte[WireName.MaxLength];
        var data = new byte[ushort.MaxValue];
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(WireError.None, reader.TryReadRecord(out WireRecord record));
            Assert.Equal(WireError.None, MessageReader.ReadName(message, record.NameOffset, name, out int length, out _));
            Assert.Equal(WireError.None, RecordData.TryCopy(message, record, data, out int size));
            records.Add(new TextRecord(
                NameText.Write(name.AsSpan(0, length)), record.Ttl, RecordTypeText.Write(record.Type),
                RecordText.Write(record.Type, data.AsSpan(0, size))));
        }

        return records;
    }
}
