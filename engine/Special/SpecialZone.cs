using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Special;

/// <summary>A zone of special use that is answered locally.</summary>
internal sealed class SpecialZone
{
    private readonly Answer _nxDomain;
    private readonly Answer _noData;
    private readonly Answer _any;
    private readonly OwnerNode? _everyName;
    private readonly Dictionary<DnsName, OwnerNode?> _names;
    private readonly Dictionary<DnsName, OwnerNode?>.AlternateLookup<ReadOnlySpan<byte>> _namesByBytes;

    /// <param name="exists">The zone's own name exists (a locally served zone); else it is NXDOMAIN with all below.</param>
    /// <param name="everyName">The node of the zone's own name and of every name below it, for localhost.</param>
    /// <param name="names">Names below that exist, with their records or without any.</param>
    public SpecialZone(
        DnsName name, string source, uint ttl, bool exists, OwnerNode? everyName = null, Dictionary<DnsName, OwnerNode?>? names = null)
    {
        Name = name;
        DnsName localhost = DnsName.Parse("localhost");
        byte[] soa = LocalAnswers.Soa(localhost, localhost.Child("hostmaster"u8), serial: 1, ttl);
        _nxDomain = LocalAnswers.Negative(source, Rcode.NxDomain, name, ttl, soa);
        _noData = LocalAnswers.Negative(source, Rcode.NoError, name, ttl, soa);
        _any = LocalAnswers.Any(source);
        _everyName = everyName;
        _names = new Dictionary<DnsName, OwnerNode?>(names ?? [], DnsNameComparer.Instance);
        if (exists) _names[name] = new OwnerNode(name, source, [new RRset(RecordType.SOA, ttl, [soa])]);
        _namesByBytes = _names.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public DnsName Name { get; }

    /// <summary>The names that have records; of localhost the zone's own and a wildcard in the stead of all below.</summary>
    public IEnumerable<OwnerNode> Nodes => _everyName is { } every
        ? [every.At(Name), every.At(Name.Child("*"u8))]
        : _names.Values.OfType<OwnerNode>();

    public Answer Find(Query query)
    {
        if (_everyName is not null) return _everyName.Find(query.Type) ?? _noData;
        if (!_namesByBytes.TryGetValue(query.Name, out OwnerNode? node)) return _nxDomain;
        return query.Type == RecordType.ANY ? _any : node?.Find(query.Type) ?? _noData;
    }
}
