using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Special;

/// <summary>The table of special zones.</summary>
internal static class SpecialZones
{
    /// <summary>Top-level names that are nobody's: RFC 6761 6.2 and 6.4, 6762 22.1, 7686 2, 9476 2.</summary>
    private static readonly string[] Absent = ["test", "invalid", "local", "onion", "alt"];

    /// <summary>Zones that every resolver serves itself, and empty: RFC 8375 4, RFC 6303 4.2 to 4.6, RFC 7793 2.</summary>
    private static readonly string[] Empty =
    [
        "home.arpa",
        "0.in-addr.arpa", "10.in-addr.arpa", "254.169.in-addr.arpa", "168.192.in-addr.arpa",
        "2.0.192.in-addr.arpa", "100.51.198.in-addr.arpa", "113.0.203.in-addr.arpa", "255.255.255.255.in-addr.arpa",
        "d.f.ip6.arpa", "8.e.f.ip6.arpa", "9.e.f.ip6.arpa", "a.e.f.ip6.arpa", "b.e.f.ip6.arpa", "8.b.d.0.1.0.0.2.ip6.arpa",
        "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa",
    ];

    private const string LoopbackV6 = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa";

    public static IEnumerable<SpecialZone> All(string source, uint ttl)
    {
        DnsName localhost = DnsName.Parse("localhost");
        var loopback = new OwnerNode(localhost, source,
        [
            new RRset(RecordType.A, ttl, [[127, 0, 0, 1]]),
            new RRset(RecordType.AAAA, ttl, [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]]),
        ], wildcard: true);
        yield return new SpecialZone(localhost, source, ttl, exists: true, everyName: loopback);

        foreach (string name in Absent) yield return new SpecialZone(DnsName.Parse(name), source, ttl, exists: false);
        IEnumerable<string> shared = Enumerable.Range(16, 16).Select(octet => $"{octet}.172.in-addr.arpa")
            .Concat(Enumerable.Range(64, 64).Select(octet => $"{octet}.100.in-addr.arpa"));
        foreach (string name in Empty.Concat(shared)) yield return new SpecialZone(DnsName.Parse(name), source, ttl, exists: true);

        yield return Loopback("127.in-addr.arpa", "1.0.0.127.in-addr.arpa", source, ttl);
        yield return Loopback(LoopbackV6, LoopbackV6, source, ttl);

        // RFC 9462 6.4: resolver.arpa is served locally; without a discovery to offer, _dns below it exists and is empty.
        DnsName resolver = DnsName.Parse("resolver.arpa");
        yield return new SpecialZone(resolver, source, ttl, exists: true,
            names: new Dictionary<DnsName, OwnerNode?> { [resolver.Child("_dns"u8)] = null });
    }

    /// <summary>A reverse zone of the loopback network: its one PTR record, and the empty nodes above it.</summary>
    private static SpecialZone Loopback(string zone, string owner, string source, uint ttl)
    {
        DnsName zoneName = DnsName.Parse(zone), ownerName = DnsName.Parse(owner), target = DnsName.Parse("localhost");
        var names = new Dictionary<DnsName, OwnerNode?>
        {
            [ownerName] = new OwnerNode(ownerName, source, [new RRset(RecordType.PTR, ttl, [target.Span.ToArray()])]),
        };
        for (DnsName above = ownerName.Parent(); above != zoneName && IsWithin(above, zoneName); above = above.Parent())
            names[above] = null;
        return new SpecialZone(zoneName, source, ttl, exists: ownerName != zoneName, names: names);
    }

    private static bool IsWithin(DnsName name, DnsName zone) => WireName.IsAtOrBelow(name.Span, zone.Span);
}
