using System.Buffers.Binary;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution;

/// <summary>
/// A reply as finished bytes without an identity: built when data changes, and for each client stamped with its id, its spelling
/// of the name, its flags and an OPT record while it is copied out. Immutable and shared.
/// </summary>
public sealed class Answer
{
    /// <summary>Octets of an OPT record without options (RFC 6891 6.1.2).</summary>
    internal const int OptSize = 11;

    /// <summary>Octets of an extended-error option before its text (RFC 8914 2).</summary>
    private const int ErrorOptionSize = 6;

    /// <summary>A whole message: header with the section counts, a question of its own, the records.</summary>
    private readonly byte[] _message;
    private readonly int _bodyOffset;

    /// <summary>Null for an answer whose TTLs stand still.</summary>
    private readonly AnswerAge? _age;
    private readonly uint? _ttl;

    /// <summary>Built by <see cref="AnswerBuilder"/> only.</summary>
    internal Answer(byte[] message, int bodyOffset)
    {
        _message = message;
        _bodyOffset = bodyOffset;
    }

    private Answer(Answer other, byte[] message, AnswerAge? age)
    {
        _message = message;
        _bodyOffset = other._bodyOffset;
        _age = age;
        _ttl = other._ttl;
        Rcode = other.Rcode;
        Source = other.Source;
        Authoritative = other.Authoritative;
        AuthenticData = other.AuthenticData;
        Exists = other.Exists;
        Portable = other.Portable;
        HasAlias = other.HasAlias;
        HasRecords = other.HasRecords;
        HasSeveralAddresses = other.HasSeveralAddresses;
        Truncated = other.Truncated;
        Error = other.Error;
        Options = other.Options;
    }

    public Rcode Rcode { get; internal init; }

    /// <summary>The source that gave it.</summary>
    public required string Source { get; init; }

    /// <summary>AA: the records of the question's own name are local data (RFC 1035 4.1.1).</summary>
    public bool Authoritative { get; internal init; }

    /// <summary>AD as a trusted upstream set it (RFC 4035 3.1.6).</summary>
    public bool AuthenticData { get; internal init; }

    /// <summary>The name is known to exist in local data, whether or not it has records of the type asked.</summary>
    public bool Exists { get; internal init; }

    /// <summary>Serves questions of any name: its only pointers lead to the question's own name.</summary>
    internal bool Portable { get; init; }

    /// <summary>The answer section holds a CNAME of the question's name.</summary>
    internal bool HasAlias { get; init; }

    /// <summary>The answer section holds what was asked for, not only aliases on the way to it.</summary>
    public bool HasRecords { get; internal init; }

    /// <summary>The answer section holds A or AAAA records whose order a rule may change.</summary>
    internal bool HasSeveralAddresses { get; init; }

    /// <summary>The first reply that a search list made of it, so that the next question need not; null for none.</summary>
    internal SearchedAnswer? Searched { get; set; }

    /// <summary>Its TTLs do not count down.</summary>
    internal bool StandsStill => _age is null;

    /// <summary>TC: records of the answer section had no room within 65,535 octets (RFC 1035 4.1.1).</summary>
    public bool Truncated { get; internal init; }

    /// <summary>
    /// Seconds for which it may be kept: the smallest TTL of the answer section, the negative TTL of RFC 2308 5, or the smaller of
    /// both for an alias that ends in nothing. Null when it must not be kept. Of a kept answer, what is left of it.
    /// </summary>
    public uint? Ttl
    {
        get => _ttl is { } ttl ? TtlsNow.Of(ttl) : null;
        internal init => _ttl = value;
    }

    /// <summary>Seconds for which the answer of an upstream has been kept; null for other answers.</summary>
    public uint? Age => _age?.Now.Age;

    /// <summary>What its TTLs are now, and for how many seconds it has been kept.</summary>
    internal TtlReading TtlsNow => _age?.Now ?? default;

    /// <summary>Octets that grow with what it says: the message, the places of its TTLs, the sentence of its error.</summary>
    internal int VariableSize => _message.Length + (_age?.Size ?? 0) + (Error is null ? 0 : (3 * Error.Utf8.Length)) + Options.Length;

    /// <summary>Why (RFC 8914), or null.</summary>
    public ExtendedError? Error { get; internal init; }

    /// <summary>EDNS options of the upstream's that are meant for the client, as they came; sent where it sent EDNS too.</summary>
    internal byte[] Options { get; init; } = [];

    public int AnswerCount => Header.AnswerCount;

    public int AuthorityCount => Header.AuthorityCount;

    public int AdditionalCount => Header.AdditionalCount;

    private MessageHeader Header => MessageHeader.Read(_message);

    internal ReadOnlySpan<byte> Message => _message;

    internal int BodyOffset => _bodyOffset;

    /// <summary>The name that it was built for, lower case; the root where it is portable.</summary>
    internal ReadOnlySpan<byte> QuestionName => _message.AsSpan(MessageHeader.Size, _bodyOffset - MessageHeader.Size - 4);

    /// <summary>Reads the records, section by section.</summary>
    /// <param name="questionName">The lower-case name that was asked.</param>
    /// <param name="room">At least <see cref="AnswerRecords.Room"/> octets of scratch space.</param>
    public AnswerRecords ReadRecords(ReadOnlySpan<byte> questionName, Span<byte> room) => new(this, questionName, room);

    /// <summary>The octets that <see cref="WriteTo"/> needs at most for this query.</summary>
    public int MaxSize(Query query) => SizeWithoutError(query) + ErrorSize(query);

    /// <summary>
    /// Writes the reply to <paramref name="query"/>; returns its octets, or 0 when <paramref name="destination"/> is too small.
    /// </summary>
    public int WriteTo(Span<byte> destination, Query query) =>
        destination.Length < MaxSize(query) ? 0 : Write(destination, query, AnswerCut.Whole(this), ErrorSize(query));

    /// <summary>
    /// Writes as much of the reply as <paramref name="destination"/> has room for, at least 512 octets (RFC 1035 4.2.1): the extended error
    /// is left out first, then whole RRsets from the end; without one of the answer or authority section it is truncated (RFC 2181 9).
    /// </summary>
    public int WriteWithin(Span<byte> destination, Query query)
    {
        int before = SizeWithoutError(query);
        int errorSize = ErrorSize(query);
        if (before + errorSize > destination.Length) errorSize = 0;
        int room = destination.Length - (before - (_message.Length - _bodyOffset));
        AnswerCut cut = before <= destination.Length ? AnswerCut.Whole(this) : AnswerCut.Within(this, room);
        return Write(destination, query, cut, errorSize);
    }

    /// <summary>The reply without any record, truncated: the client is to ask again over TCP.</summary>
    public int WriteEmpty(Span<byte> destination, Query query) => Write(destination, query, AnswerCut.Nothing, errorSize: 0);

    private int Write(Span<byte> destination, Query query, in AnswerCut cut, int errorSize)
    {
        new MessageHeader(query.Id, FlagsFor(query, cut.Truncated), 1, cut.AnswerCount, cut.AuthorityCount,
            (ushort)(cut.AdditionalCount + (query.HasEdns ? 1 : 0))).Write(destination);
        int at = MessageHeader.Size;
        query.NameAsAsked.CopyTo(destination[at..]);
        at += query.NameAsAsked.Length;
        BinaryPrimitives.WriteUInt16BigEndian(destination[at..], (ushort)query.Type);
        BinaryPrimitives.WriteUInt16BigEndian(destination[(at + 2)..], (ushort)query.Class);
        at += 4;
        _message.AsSpan(_bodyOffset, cut.BodyLength).CopyTo(destination[at..]);
        _age?.Stamp(destination.Slice(at, cut.BodyLength), _bodyOffset);
        if (HasSeveralAddresses) query.Arrangement?.Arrange(destination[..(at + cut.BodyLength)], at, cut.AnswerCount);
        at += cut.BodyLength;
        return query.HasEdns ? at + WriteOpt(destination[at..], query, errorSize) : at;
    }

    /// <summary>The same records under another response code: an NXDOMAIN for a name that does exist elsewhere becomes NODATA.</summary>
    internal Answer AsNoData() => new(this, _message, _age) { Source = Source, Rcode = Rcode.NoError, Exists = true };

    /// <summary>The same records with other TTLs, which count down.</summary>
    /// <param name="message">A copy of <see cref="Message"/> with the TTLs written over.</param>
    internal Answer Aging(byte[] message, uint ttl, AnswerAge age) => new(this, message, age) { Source = Source, Ttl = ttl, Error = Error };

    /// <summary>The same records for a reason of their own, each with the same TTL where it is a kept answer.</summary>
    internal Answer Because(ExtendedError error, uint? ttl = null) =>
        new(this, _message, ttl is null ? _age : _age?.Standing(ttl.Value)) { Source = Source, Ttl = ttl ?? _ttl, Error = error };

    /// <summary>A few words for a trace: the verdict and how many records.</summary>
    internal string Describe() => Rcode switch
    {
        Rcode.NoError when AnswerCount > 0 => $"{AnswerCount} record{(AnswerCount == 1 ? "" : "s")}",
        Rcode.NoError => "NODATA",
        _ => RcodeText.Write(Rcode) + (Error is null ? "" : $" ({Error.Text})"),
    };

    private int SizeWithoutError(Query query) => MessageHeader.Size + query.Name.Length + 4 + (_message.Length - _bodyOffset)
        + (query.HasEdns ? OptSize + Options.Length : 0);

    /// <summary>
    /// Octets of the extended error; 0 where there is none, or no room left for it: it goes before any other data (RFC 8914 3).
    /// </summary>
    private int ErrorSize(Query query)
    {
        int size = Error is null || !query.HasEdns ? 0 : ErrorOptionSize + Error.Utf8.Length;
        return SizeWithoutError(query) + size <= ushort.MaxValue ? size : 0;
    }

    private ushort FlagsFor(Query query, bool truncated)
    {
        int flags = MessageHeader.Response | MessageHeader.RecursionAvailable | ((int)Rcode & 0xf);
        if (Authoritative) flags |= MessageHeader.Authoritative;
        if (truncated) flags |= MessageHeader.Truncated;
        if (query.RecursionDesired) flags |= MessageHeader.RecursionDesired;
        if (query.CheckingDisabled) flags |= MessageHeader.CheckingDisabled;
        if (AuthenticData && (query.AuthenticData || query.DnssecOk)) flags |= MessageHeader.AuthenticData;
        return (ushort)flags;
    }

    private int WriteOpt(Span<byte> destination, Query query, int errorSize)
    {
        destination[0] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], (ushort)RecordType.OPT);
        BinaryPrimitives.WriteUInt16BigEndian(destination[3..], Query.UdpPayloadSize);
        destination[5] = (byte)((int)Rcode >> 4);
        destination[6] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(destination[7..], query.DnssecOk ? (ushort)0x8000 : (ushort)0);
        BinaryPrimitives.WriteUInt16BigEndian(destination[9..], (ushort)(Options.Length + errorSize));
        Options.CopyTo(destination[OptSize..]);
        if (Error is null || errorSize == 0) return OptSize + Options.Length;
        Span<byte> option = destination[(OptSize + Options.Length)..];
        BinaryPrimitives.WriteUInt16BigEndian(option, 15);
        BinaryPrimitives.WriteUInt16BigEndian(option[2..], (ushort)(2 + Error.Utf8.Length));
        BinaryPrimitives.WriteUInt16BigEndian(option[4..], (ushort)Error.Code);
        Error.Utf8.CopyTo(option[ErrorOptionSize..]);
        return OptSize + Options.Length + errorSize;
    }
}
