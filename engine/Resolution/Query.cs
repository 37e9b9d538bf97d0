using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution;

/// <summary>
/// One question. Pooled: take it with <see cref="Rent"/>, give it back with Dispose, and keep nothing of it after that.
/// </summary>
public sealed class Query : IDisposable
{
    /// <summary>What is advertised to clients as our UDP payload size (RFC 6891 6.2.5; 1232 as agreed on DNS flag day 2020).</summary>
    public const ushort UdpPayloadSize = 1232;

    private const int MaxPooled = 256;

    [ThreadStatic]
    private static Stack<Query>? s_pool;

    private readonly byte[] _asked = new byte[WireName.MaxLength];
    private readonly byte[] _name = new byte[WireName.MaxLength];
    private readonly byte[] _options = new byte[EdnsOptions.MostTravelling];
    private int _length = 1, _optionsLength;
    private Query? _origin;
    private long? _waitingSince;

    private Query()
    {
    }

    /// <summary>Lower-case wire bytes.</summary>
    public ReadOnlySpan<byte> Name => _name.AsSpan(0, _length);

    /// <summary>The same name as the client spelled it.</summary>
    public ReadOnlySpan<byte> NameAsAsked => _asked.AsSpan(0, _length);

    public RecordType Type { get; private set; }

    public RecordClass Class { get; private set; }

    public ushort Id { get; private set; }

    public bool RecursionDesired { get; private set; }

    public bool CheckingDisabled { get; private set; }

    public bool AuthenticData { get; private set; }

    public bool DnssecOk { get; private set; }

    /// <summary>True when the client sent an OPT record, so that one may be sent back (RFC 6891 6.1.1).</summary>
    public bool HasEdns { get; private set; }

    public byte EdnsVersion { get; private set; }

    /// <summary>The largest UDP answer that the client takes, 512 without EDNS (RFC 6891 6.2.3).</summary>
    public ushort UdpSize { get; private set; }

    /// <summary>The client's EDNS options that are meant for whoever answers in the end, as they came.</summary>
    internal ReadOnlySpan<byte> Options => _options.AsSpan(0, _optionsLength);

    /// <summary>Octets of the question as a message.</summary>
    public int Size { get; private set; }

    public ClientView View { get; set; } = ClientView.Absolute;

    public ResolutionTrace? Trace { get; set; }

    /// <summary>How the addresses of the reply are put in order; null for the order that the source gave.</summary>
    internal AddressArrangement? Arrangement { get; set; }

    /// <summary>True when another question led here: a candidate of a search list, the target of an alias.</summary>
    internal bool IsDerived { get; private set; }

    /// <summary>
    /// Since when this question, or one of those that it led to, has waited for upstreams (a timestamp): a client waits for all of them
    /// together no longer than for one. Null while it was answered without them.
    /// </summary>
    internal long? WaitingSince
    {
        get => (_origin ?? this)._waitingSince;
        set => (_origin ?? this)._waitingSince = value;
    }

    /// <summary>
    /// The answer in which an upstream named this name as an alias's target; it may hold the target's records too.
    /// Null unless an alias is being followed.
    /// </summary>
    internal Answer? Tail { get; set; }

    /// <summary>An empty query from the pool.</summary>
    public static Query Rent()
    {
        Query query = s_pool is { Count: > 0 } pool ? pool.Pop() : new Query();
        query.Clear();
        return query;
    }

    public void Dispose()
    {
        Trace = null;
        Tail = null;
        _origin = null;
        View = ClientView.Absolute;
        Stack<Query> pool = s_pool ??= new Stack<Query>();
        if (pool.Count < MaxPooled) pool.Push(this);
    }

    /// <summary>Makes this a recursive Internet-class question for <paramref name="name"/> (wire bytes in any case).</summary>
    public void Ask(ReadOnlySpan<byte> name, RecordType type, bool checkingDisabled = false, bool dnssecOk = false)
    {
        Clear();
        SetName(name);
        Type = type;
        CheckingDisabled = checkingDisabled;
        DnssecOk = dnssecOk;
        HasEdns = dnssecOk;
        Size = MessageHeader.Size + _length + 4 + (HasEdns ? Answer.OptSize : 0);
    }

    /// <summary>The same question of the same client about another name or type.</summary>
    internal Query Derive(ReadOnlySpan<byte> name, RecordType type)
    {
        Query derived = Rent();
        derived.SetName(name);
        derived.Type = type;
        derived.Class = Class;
        derived.Id = Id;
        derived.RecursionDesired = RecursionDesired;
        derived.CheckingDisabled = CheckingDisabled;
        derived.AuthenticData = AuthenticData;
        derived.DnssecOk = DnssecOk;
        derived.HasEdns = HasEdns;
        Options.CopyTo(derived._options);
        derived._optionsLength = _optionsLength;
        derived.View = View;
        derived.Trace = Trace;
        derived.IsDerived = true;
        derived._origin = _origin ?? this;
        return derived;
    }

    /// <summary>Reads a question (RFC 1035 4.1, EDNS of RFC 6891). On an error only <see cref="Id"/> and the flags may be set.</summary>
    public WireError TryParse(ReadOnlySpan<byte> message)
    {
        Clear();
        Size = message.Length;
        if (message.Length < MessageHeader.Size) return WireError.TooShort;
        var header = MessageHeader.Read(message);
        if (header.Has(MessageHeader.Response)) return WireError.NotAQuestion;
        Id = header.Id;
        RecursionDesired = header.Has(MessageHeader.RecursionDesired);
        CheckingDisabled = header.Has(MessageHeader.CheckingDisabled);
        AuthenticData = header.Has(MessageHeader.AuthenticData);
        if (header.Opcode != Opcode.Query) return WireError.UnsupportedOpcode;
        if (header.QuestionCount != 1 || header.AnswerCount != 0) return WireError.BadCounts;

        var reader = new MessageReader(message, MessageHeader.Size);
        WireError error = reader.TryReadName(_asked, out _length);
        if (error != WireError.None)
        {
            _length = 1;
            return error;
        }

        WireName.ToLower(NameAsAsked, _name);
        if (!reader.TryReadUInt16(out ushort type) || !reader.TryReadUInt16(out ushort @class)) return WireError.Truncated;
        Type = (RecordType)type;
        Class = (RecordClass)@class;
        if (header.AuthorityCount != 0 && Type != RecordType.IXFR) return WireError.BadCounts;
        return ReadRecords(message, ref reader, header.AuthorityCount, header.AdditionalCount);
    }

    private WireError ReadRecords(ReadOnlySpan<byte> message, ref MessageReader reader, int authorityCount, int additionalCount)
    {
        for (int i = 0; i < authorityCount + additionalCount; i++)
        {
            WireError error = reader.TryReadRecord(out WireRecord record);
            if (error != WireError.None) return error;
            if (record.Type != RecordType.OPT) continue;
            if (HasEdns || i < authorityCount || message[record.NameOffset] != 0) return WireError.BadEdns;
            ReadOnlySpan<byte> options = message.Slice(record.DataOffset, record.DataLength);
            if (!EdnsOptions.TryCopyTravelling(options, _options, out _optionsLength)) return WireError.BadEdns;
            ReadEdns(message, record);
        }

        return reader.AtEnd ? WireError.None : WireError.TrailingBytes;
    }

    /// <summary>The OPT record's CLASS is the payload size; its TTL is extended rcode, version and flags (RFC 6891 6.1.3).</summary>
    private void ReadEdns(ReadOnlySpan<byte> message, in WireRecord record)
    {
        HasEdns = true;
        UdpSize = Math.Max((ushort)record.Class, (ushort)512);
        ReadOnlySpan<byte> ttl = message[(record.DataOffset - 6)..];
        EdnsVersion = ttl[1];
        DnssecOk = (ttl[2] & 0x80) != 0;
    }

    private void SetName(ReadOnlySpan<byte> name)
    {
        _length = name.Length;
        name.CopyTo(_asked);
        WireName.ToLower(name, _name);
    }

    private void Clear()
    {
        _length = 1;
        _optionsLength = 0;
        _name[0] = _asked[0] = 0;
        Type = 0;
        Class = RecordClass.Internet;
        Id = 0;
        RecursionDesired = true;
        CheckingDisabled = AuthenticData = DnssecOk = HasEdns = IsDerived = false;
        EdnsVersion = 0;
        UdpSize = 512;
        Size = 0;
        Arrangement = null;
        _origin = null;
        _waitingSince = null;
    }
}
