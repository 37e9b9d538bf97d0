using System.Collections.Frozen;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Resolution.Listing;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Special;

/// <summary>
/// Tells whether a name is somebody's after all: an operator's own forward rule covers it, or it lies in the cluster's zone.
/// </summary>
internal delegate bool IsExempt(ReadOnlySpan<byte> name);

/// <summary>
/// Names that must never leave the machine: answered here, whatever the upstreams would say.
/// RFC 6761 (localhost, invalid, test), 6762 (local), 7686 (onion), 9476 (alt), 8375 (home.arpa), 6303 and 7793 (private reverse
/// zones), 9462 (resolver.arpa).
/// </summary>
internal sealed class SpecialSource : IRecordSource, IRecordListing
{
    private const uint Ttl = 30;

    private readonly FrozenDictionary<DnsName, SpecialZone> _zones;
    private readonly FrozenDictionary<DnsName, SpecialZone>.AlternateLookup<ReadOnlySpan<byte>> _zonesByBytes;
    private readonly IsExempt _isExempt;

    public SpecialSource(string name, IsExempt isExempt)
    {
        Name = name;
        _isExempt = isExempt;
        _zones = SpecialZones.All(name, Ttl).ToFrozenDictionary(zone => zone.Name, DnsNameComparer.Instance);
        _zonesByBytes = _zones.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public string Name { get; }

    string IRecordListing.Source => Name;

    public ValueTask<Answer?> FindAsync(Query query, CancellationToken cancellationToken)
    {
        for (ReadOnlySpan<byte> name = query.Name; name[0] != 0; name = WireName.Parent(name))
        {
            if (!_zonesByBytes.TryGetValue(name, out SpecialZone? zone)) continue;
            return new ValueTask<Answer?>(_isExempt(query.Name) ? null : zone.Find(query));
        }

        return default;
    }

    public VerdictReason? Reason(Query query, Answer? answer)
    {
        if (answer is null) return null;
        for (ReadOnlySpan<byte> name = query.Name; name[0] != 0; name = WireName.Parent(name))
        {
            if (_zonesByBytes.TryGetValue(name, out SpecialZone? zone))
                return new VerdictReason("never leaves", [new RecordOrigin { Kind = "SpecialZone", Name = zone.Name.ToString() }]);
        }

        return null;
    }

    /// <summary>The records of the zones; those that are somebody's after all are left out.</summary>
    public IEnumerable<ListedRRset> List(RecordRange range) => range.Namespace is not null ? [] : _zones.Values
        .SelectMany(zone => zone.Nodes)
        .Where(node => !range.IsBefore(node.Name) && !_isExempt(node.Name.Span))
        .OrderBy(node => node.Name, CanonicalNameOrder.Instance)
        .SelectMany(node => ListedRRset.Of(node, Name));
}
