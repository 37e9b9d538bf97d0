namespace KubeDoH.Tests.Oracle;

/// <summary>Names that never leave: RFC 6761, 6762, 7686, 8375, 9476, 9462 and the reverse zones of RFC 6303 and 7793.</summary>
internal sealed class SpecialOracle(World world) : ISourceOracle
{
    private const string LoopbackPointer4 = "1.0.0.127.in-addr.arpa.";
    private static readonly string LoopbackPointer6 = "1." + string.Concat(Enumerable.Repeat("0.", 31)) + "ip6.arpa.";
    private static readonly string[] Absent = ["invalid.", "test.", "onion.", "alt.", "local."];

    private static readonly string[] LocallyServed =
    [
        "home.arpa.", "resolver.arpa.", "10.in-addr.arpa.", "168.192.in-addr.arpa.",
        .. Enumerable.Range(16, 16).Select(i => $"{i}.172.in-addr.arpa."),
        .. Enumerable.Range(64, 64).Select(i => $"{i}.100.in-addr.arpa."),
        "0.in-addr.arpa.", "127.in-addr.arpa.", "254.169.in-addr.arpa.", "2.0.192.in-addr.arpa.", "100.51.198.in-addr.arpa.",
        "113.0.203.in-addr.arpa.", "255.255.255.255.in-addr.arpa.",
        string.Concat(Enumerable.Repeat("0.", 32)) + "ip6.arpa.", LoopbackPointer6,
        "d.f.ip6.arpa.", "8.e.f.ip6.arpa.", "9.e.f.ip6.arpa.", "a.e.f.ip6.arpa.", "b.e.f.ip6.arpa.", "8.b.d.0.1.0.0.2.ip6.arpa.",
    ];

    public OracleAnswer? Find(string name, string type, OracleView? view)
    {
        if (Names.AtOrBelow(name, "localhost."))
            return Exists(name, type, "localhost.", new(name, 30, "A", "127.0.0.1"), new(name, 30, "AAAA", "::1"));
        if (Names.AtOrBelow(name, Names.Dot(world.Zone))) return null;
        if (Absent.FirstOrDefault(z => Names.AtOrBelow(name, z)) is { } absent)
            return OracleAnswer.LocalNegative("NXDOMAIN", LocalData.Soa(absent));
        if (LocallyServed.FirstOrDefault(z => Names.AtOrBelow(name, z)) is not { } zone) return null;
        if (name is LoopbackPointer4 || name == LoopbackPointer6)
            return Exists(name, type, zone, new TextRecord(name, 30, "PTR", "localhost."));
        var exists = name == zone || name == "_dns.resolver.arpa." || (zone == "127.in-addr.arpa." && Names.Below(LoopbackPointer4, name));
        return exists ? Exists(name, type, zone) : OracleAnswer.LocalNegative("NXDOMAIN", LocalData.Soa(zone));
    }

    /// <summary>True for the name of a special zone itself.</summary>
    public static bool IsApex(string name) => Absent.Contains(name) || LocallyServed.Contains(name);

    private static OracleAnswer Exists(string name, string type, string zone, params TextRecord[] own)
    {
        if (type == "ANY") return OracleAnswer.Any(name, LocalData.Ttl);
        var found = own.Where(r => r.Type == type).ToList();
        return found.Count > 0 ? OracleAnswer.Local(found) : OracleAnswer.LocalNegative("NOERROR", LocalData.Soa(zone));
    }
}
