using System.Buffers.Binary;
using System.Text;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Replay;

/// <summary>A reply as its bytes say it, read with nothing but the message reader.</summary>
internal sealed class Reply
{
    private const int ExtendedErrorOption = 15;

    private Reply(MessageHeader header) => Header = header;

    public MessageHeader Header { get; }

    public string Rcode { get; private set; } = "";

    /// <summary>Name, type and class as the reply repeats them, spelling kept.</summary>
    public string Question { get; private set; } = "";

    public IReadOnlyDictionary<Section, List<RecordLine>> Sections { get; } =
        Enum.GetValues<Section>().ToDictionary(section => section, _ => new List<RecordLine>());

    public bool HasOpt { get; private set; }

    /// <summary>Code and text of an extended error (RFC 8914), or null.</summary>
    public (int Code, string Text)? ExtendedError { get; private set; }

    /// <exception cref="FormatException">The bytes are no whole message.</exception>
    public static Reply Read(ReadOnlySpan<byte> message)
    {
        var reply = new Reply(MessageHeader.Read(message));
        var reader = new MessageReader(message, MessageHeader.Size);
        byte[] name = new byte[WireName.MaxLength];
        if (reply.Header.QuestionCount != 1 || reader.TryReadName(name, out int length) != WireError.None
            || !reader.TryReadUInt16(out ushort type) || !reader.TryReadUInt16(out ushort @class))
            throw new FormatException("the reply repeats no question");
        reply.Question = $"{NameText.Write(name.AsSpan(0, length))} {RecordTypeText.Write((RecordType)type)} class {@class}";

        int high = 0;
        (Section, int)[] counts =
            [
                (Section.Answer, reply.Header.AnswerCount), (Section.Authority, reply.Header.AuthorityCount),
                (Section.Additional, reply.Header.AdditionalCount),
            ];
        foreach ((Section section, int count) in counts)
        {
            for (int i = 0; i < count; i++)
            {
                if (reader.TryReadRecord(out WireRecord record) != WireError.None)
                    throw new FormatException($"a record of the {section} section is cut short");
                if (record.Type == RecordType.OPT) high = reply.ReadOpt(message, record);
                else reply.Sections[section].Add(ReadRecord(message, record));
            }
        }

        if (!reader.AtEnd) throw new FormatException("octets follow the reply");
        reply.Rcode = RcodeText.Write((Rcode)((high << 4) | (int)reply.Header.Rcode));
        return reply;
    }

    /// <summary>
    /// What is wrong with the order of the answer section: an alias stands before what it leads to (RFC 1034 3.6.2); null for nothing.
    /// </summary>
    public string? DisorderOf(string questionName)
    {
        string name = questionName;
        foreach (RecordLine record in Sections[Section.Answer].Where(record => record.Type is not (RecordType.DNAME or RecordType.RRSIG)))
        {
            if (!record.Owner.Equals(name, StringComparison.OrdinalIgnoreCase))
                return $"{record.Normal()} stands where records of {name} belong";
            if (record.Type == RecordType.CNAME) name = record.Data;
        }

        return null;
    }

    private static RecordLine ReadRecord(ReadOnlySpan<byte> message, in WireRecord record)
    {
        Span<byte> owner = stackalloc byte[WireName.MaxLength];
        byte[] data = new byte[ushort.MaxValue];
        if (record.Class != RecordClass.Internet) throw new FormatException($"a record of class {record.Class}");
        if (MessageReader.ReadName(message, record.NameOffset, owner, out int ownerLength, out _) != WireError.None
            || RecordData.TryCopy(message, record, data, out int length) != WireError.None)
            throw new FormatException($"a {record.Type} record is malformed");
        string text = RecordText.Write(record.Type, data.AsSpan(0, length));
        return new RecordLine(NameText.Write(owner[..ownerLength]), record.Ttl, record.Type, LowerNames(record.Type, text));
    }

    /// <summary>A target may be a pointer into the question and then has its spelling; owners are compared as they are spelled.</summary>
    private static string LowerNames(RecordType type, string text) =>
        RecordText.TryRead(type, text, out byte[] data, out _) ? RecordText.Write(type, data) : text;

    private int ReadOpt(ReadOnlySpan<byte> message, in WireRecord record)
    {
        if (HasOpt) throw new FormatException("two OPT records");
        HasOpt = true;
        ReadOnlySpan<byte> options = message.Slice(record.DataOffset, record.DataLength);
        while (options.Length >= 4)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(options[2..]);
            ReadOnlySpan<byte> option = options.Slice(4, length);
            if (BinaryPrimitives.ReadUInt16BigEndian(options) == ExtendedErrorOption)
                ExtendedError = (BinaryPrimitives.ReadUInt16BigEndian(option), Encoding.UTF8.GetString(option[2..]));
            options = options[(4 + length)..];
        }

        return message[record.DataOffset - 6];
    }
}
