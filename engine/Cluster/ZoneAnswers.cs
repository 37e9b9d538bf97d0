using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Cluster;

/// <summary>The answers of a zone that carry its SOA, all of one serial.</summary>
internal sealed class ZoneAnswers
{
    /// <summary>The most that CoreDNS gives an SOA as TTL, in seconds.</summary>
    private const uint MaxSoaTtl = 300;

    /// <param name="serial">Unix time of the last change, in seconds.</param>
    public ZoneAnswers(string source, DnsName zone, uint ttl, uint serial)
    {
        Serial = serial;
        uint soaTtl = Math.Min(ttl, MaxSoaTtl);
        byte[] soa = LocalAnswers.Soa(zone.Child("dns"u8).Child("ns"u8), zone.Child("hostmaster"u8), serial, ttl);
        NoData = LocalAnswers.Negative(source, Rcode.NoError, zone, soaTtl, soa);
        NxDomain = LocalAnswers.Negative(source, Rcode.NxDomain, zone, soaTtl, soa);
        AddressForName = LocalAnswers.Negative(source, Rcode.NxDomain, zone, soaTtl, soa,
            new ExtendedError(ExtendedErrorCode.InvalidData, "the service's externalName is an address, not a name"));
        Any = LocalAnswers.Any(source, ttl);
        Apex = new OwnerNode(zone, source, [new RRset(RecordType.SOA, soaTtl, [soa])]);
    }

    public uint Serial { get; }

    public Answer NoData { get; }

    public Answer NxDomain { get; }

    /// <summary>The answer for ANY at every name that exists.</summary>
    public Answer Any { get; }

    /// <summary>NXDOMAIN for an ExternalName service whose target is an address.</summary>
    public Answer AddressForName { get; }

    /// <summary>The answer of a name that exists: what its node has, nothing where it is an empty non-terminal (null).</summary>
    public Answer Of(OwnerNode? node, RecordType type) => type == RecordType.ANY ? Any : node?.Find(type) ?? NoData;

    /// <summary>The zone's own name: its SOA.</summary>
    public OwnerNode Apex { get; }
}
