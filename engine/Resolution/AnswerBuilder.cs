using System.Buffers;
using System.Buffers.Binary;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution;

/// <summary>
/// Builds an <see cref="Answer"/>: records in the order of the sections, then <see cref="Finish"/>, which also gives the rented
/// room back. A portable answer is built without a name of its own and serves every question.
/// </summary>
internal ref struct AnswerBuilder
{
    private const ushort QuestionPointer = 0xc000 | MessageHeader.Size;

    private readonly byte[] _buffer;
    private readonly ushort[]? _slots;
    private readonly ReadOnlySpan<byte> _questionName;
    private readonly int _bodyOffset;
    private readonly RecordType _questionType;
    private MessageWriter _writer;
    private ushort _answers, _authorities, _additionals;
    private uint? _answerTtl, _negativeTtl;
    private bool _hasAlias, _hasRecords, _answersCut;
    private int _addresses;

    private AnswerBuilder(ReadOnlySpan<byte> questionName, RecordType type, bool portable)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(ushort.MaxValue);
        _questionName = questionName;
        _questionType = type;
        if (!portable)
        {
            _slots = ArrayPool<ushort>.Shared.Rent(MessageWriter.SlotCount);
            _slots.AsSpan().Clear();
        }

        int stamped = Answer.OptSize + (portable ? WireName.MaxLength - WireName.Root.Length : 0);
        _writer = new MessageWriter(_buffer.AsSpan(0, ushort.MaxValue - stamped), _slots);
        _writer.WriteHeader(default);
        _writer.WriteName(questionName);
        _writer.WriteUInt16((ushort)type);
        _writer.WriteUInt16((ushort)RecordClass.Internet);
        _bodyOffset = _writer.Length;
    }

    /// <summary>True when a record had no room within 65,535 octets, less what may be stamped; the answer then ends before it.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>For questions of exactly this lower-case name.</summary>
    public static AnswerBuilder For(ReadOnlySpan<byte> questionName, RecordType type) => new(questionName, type, portable: false);

    /// <summary>For questions of any name.</summary>
    public static AnswerBuilder Portable(RecordType type = default) => new(WireName.Root, type, portable: true);

    /// <summary>Adds a record; an empty <paramref name="owner"/> stands for the question's name.</summary>
    public void Add(Section section, scoped ReadOnlySpan<byte> owner, RecordType type, uint ttl, scoped ReadOnlySpan<byte> data)
    {
        if (Overflowed) return;
        int start = _writer.Length;
        bool ownsQuestion = owner.IsEmpty || (_slots is not null && owner.SequenceEqual(_questionName));
        if (ownsQuestion) _writer.WriteRecordAt(QuestionPointer, type, ttl, data);
        else _writer.WriteRecord(owner, type, ttl, data);
        if (_writer.Overflowed)
        {
            _writer.Rewind(start);
            Overflowed = true;
            _answersCut = section == Section.Answer;
            return;
        }

        Count(section, type, ttl, data, ownsQuestion);
    }

    /// <summary>Adds every record of <paramref name="section"/> of another answer.</summary>
    public void AddAll(Section section, Answer answer, ReadOnlySpan<byte> questionName)
    {
        Span<byte> room = stackalloc byte[AnswerRecords.Room];
        AnswerRecords records = answer.ReadRecords(questionName, room);
        while (records.MoveNext())
            if (records.Section == section) Add(section, records.Owner, records.Type, records.Ttl, records.Data);
    }

    /// <summary>The finished answer. Local data is authoritative and its name exists unless the code says otherwise.</summary>
    /// <param name="options">EDNS options for the client; left out where they have no room.</param>
    public readonly Answer Finish(
        string source, Rcode rcode = Rcode.NoError, bool local = true, bool authenticData = false, bool? exists = null,
        ExtendedError? error = null, byte[]? options = null)
    {
        byte[] message = _writer.Written.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), _answers);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(8), _authorities);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(10), _additionals);
        ArrayPool<byte>.Shared.Return(_buffer);
        if (_slots is not null) ArrayPool<ushort>.Shared.Return(_slots);
        return new Answer(message, _bodyOffset)
        {
            Source = source,
            Rcode = rcode,
            Authoritative = local,
            AuthenticData = authenticData,
            Exists = exists ?? (local && rcode == Rcode.NoError),
            Portable = _slots is null,
            HasAlias = _hasAlias,
            HasRecords = _hasRecords,
            HasSeveralAddresses = _addresses > 1,
            Ttl = TtlFor(rcode),
            Error = error,
            Options = options is not null && message.Length + Answer.OptSize + options.Length <= ushort.MaxValue ? options : [],
            Truncated = _answersCut,
        };
    }

    private readonly uint? TtlFor(Rcode rcode) => rcode switch
    {
        Rcode.NoError when _answerTtl is not null => _negativeTtl is null ? _answerTtl : Math.Min(_answerTtl.Value, _negativeTtl.Value),
        Rcode.NoError => _negativeTtl,
        Rcode.NxDomain when _negativeTtl is not null => Math.Min(_answerTtl ?? uint.MaxValue, _negativeTtl.Value),
        _ => null,
    };

    private void Count(Section section, RecordType type, uint ttl, scoped ReadOnlySpan<byte> data, bool ownsQuestion)
    {
        switch (section)
        {
            case Section.Answer:
                _answers++;
                _answerTtl = Math.Min(ttl, _answerTtl ?? uint.MaxValue);
                if (type is RecordType.A or RecordType.AAAA) _addresses++;
                _hasAlias |= ownsQuestion && type == RecordType.CNAME;
                _hasRecords |= type != RecordType.CNAME || _questionType is RecordType.CNAME or RecordType.ANY;
                break;
            case Section.Authority:
                _authorities++;
                if (type == RecordType.SOA) _negativeTtl = Math.Min(ttl, BinaryPrimitives.ReadUInt32BigEndian(data[^4..]));
                break;
            default:
                _additionals++;
                break;
        }
    }
}
