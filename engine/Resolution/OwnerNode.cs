using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution;

/// <summary>An owner name with the finished answers of its RRsets. Immutable: a change makes another node.</summary>
public sealed class OwnerNode
{
    private readonly RecordType[] _types;
    private readonly Answer[] _answers;
    private readonly Answer _any;
    private readonly Answer? _alias;

    /// <param name="wildcard">Its answers then serve every name that the wildcard covers (RFC 4592).</param>
    public OwnerNode(DnsName name, string source, IReadOnlyList<RRset> rrsets, bool wildcard = false)
    {
        Name = name;
        _types = new RecordType[rrsets.Count];
        _answers = new Answer[rrsets.Count];
        for (int i = 0; i < rrsets.Count; i++)
        {
            _types[i] = rrsets[i].Type;
            _answers[i] = Build(name, source, rrsets[i], wildcard);
            if (rrsets[i].Type == RecordType.CNAME) _alias = _answers[i];
        }

        _any = LocalAnswers.Any(source);
    }

    private OwnerNode(DnsName name, OwnerNode wildcard)
    {
        Name = name;
        _types = wildcard._types;
        _answers = wildcard._answers;
        _any = wildcard._any;
        _alias = wildcard._alias;
    }

    public DnsName Name { get; }

    /// <summary>The types that it has records of.</summary>
    public IReadOnlyList<RecordType> Types => _types;

    /// <summary>
    /// The answer for a type: its records, the alias in their stead, HINFO for ANY (RFC 8482 4.2); null when it has none.
    /// </summary>
    public Answer? Find(RecordType type)
    {
        for (int i = 0; i < _types.Length; i++)
            if (_types[i] == type) return _answers[i];
        return type == RecordType.ANY && _types.Length > 0 ? _any : _alias;
    }

    /// <summary>The answers of a wildcard, at a name that it covers.</summary>
    internal OwnerNode At(DnsName name) => new(name, this);

    private static Answer Build(DnsName name, string source, RRset rrset, bool wildcard)
    {
        AnswerBuilder builder = wildcard ? AnswerBuilder.Portable(rrset.Type) : AnswerBuilder.For(name.Span, rrset.Type);
        foreach (byte[] data in rrset.Data) builder.Add(Section.Answer, [], rrset.Type, rrset.Ttl, data);
        foreach (AdditionalRecord record in rrset.Additional ?? [])
            builder.Add(Section.Additional, record.Owner.Span, record.Type, record.Ttl, record.Data);
        return builder.Finish(source);
    }
}
