using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution;

/// <summary>The records of an answer one by one, names in full.</summary>
public ref struct AnswerRecords
{
    /// <summary>Octets of scratch space: an owner name, and RDATA of two names and the five numbers of an SOA.</summary>
    public const int Room = WireName.MaxLength + DataRoom;

    private const int DataRoom = 2 * WireName.MaxLength + 24;

    /// <summary>A pointer to the question's name, which stands right behind the header.</summary>
    private const ushort QuestionPointer = 0xc000 | MessageHeader.Size;

    private readonly ReadOnlySpan<byte> _message;
    private readonly ReadOnlySpan<byte> _questionName;
    private readonly Span<byte> _room;
    private readonly TtlReading _ttls;
    private MessageReader _reader;
    private MessageHeader _left;

    internal AnswerRecords(Answer answer, ReadOnlySpan<byte> questionName, Span<byte> room)
    {
        _message = answer.Message;
        _questionName = questionName;
        _room = room;
        _ttls = answer.TtlsNow;
        _reader = new MessageReader(_message, answer.BodyOffset);
        _left = MessageHeader.Read(_message);
    }

    public Section Section { get; private set; }

    public ReadOnlySpan<byte> Owner { get; private set; }

    public RecordType Type { get; private set; }

    /// <summary>Seconds; of a kept answer, what is left of them.</summary>
    public uint Ttl { get; private set; }

    /// <summary>RDATA with its names uncompressed; valid until the next move.</summary>
    public ReadOnlySpan<byte> Data { get; private set; }

    public bool MoveNext()
    {
        if (!TryCountDown() || _reader.TryReadRecord(out WireRecord record) != WireError.None) return false;
        Owner = ReadOwner(record.NameOffset);
        Type = record.Type;
        Ttl = _ttls.Of(record.Ttl);
        Data = _message.Slice(record.DataOffset, record.DataLength);
        if (RecordFormat.Of(Type) is not { IsWellKnown: true, HasNames: true }) return true;
        Span<byte> data = _room[WireName.MaxLength..];
        bool copied = RecordData.TryCopy(_message, record, data, out int length) == WireError.None;
        Data = data[..length];
        return copied;
    }

    private bool TryCountDown()
    {
        Section = _left.AnswerCount > 0 ? Section.Answer : _left.AuthorityCount > 0 ? Section.Authority : Section.Additional;
        switch (Section)
        {
            case Section.Answer:
                _left = _left with { AnswerCount = (ushort)(_left.AnswerCount - 1) };
                return true;
            case Section.Authority:
                _left = _left with { AuthorityCount = (ushort)(_left.AuthorityCount - 1) };
                return true;
            case Section.Additional when _left.AdditionalCount > 0:
                _left = _left with { AdditionalCount = (ushort)(_left.AdditionalCount - 1) };
                return true;
            default:
                return false;
        }
    }

    private readonly ReadOnlySpan<byte> ReadOwner(int offset)
    {
        if (((_message[offset] << 8) | _message[offset + 1]) == QuestionPointer) return _questionName;
        Span<byte> owner = _room[..WireName.MaxLength];
        return MessageReader.ReadName(_message, offset, owner, out int length, out _) == WireError.None ? owner[..length] : WireName.Root;
    }
}
