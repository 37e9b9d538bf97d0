namespace KubeDoH.Tests.Oracle;

/// <summary>The upstream: RRsets as it has them, its SOA with every absence. An alias is one link; its tail is asked for anew.</summary>
internal sealed class UpstreamOracle(World world) : ISourceOracle
{
    public OracleAnswer? Find(string name, string type, OracleView? view)
    {
        if (world.Upstream is not { } upstream) return null;
        if (upstream.Failing.Any(f => Names.Dot(f) == name)) return OracleAnswer.Failure("SERVFAIL");
        var found = upstream.Sets
            .Where(s => Names.Dot(s.Name) == name && (s.Type == type || s.Type == "CNAME" || type == "ANY"))
            .SelectMany(s => s.Records.Select(r => new TextRecord(name, s.Ttl, s.Type, r)))
            .Concat(upstream.Zones
                .Where(z => Names.Dot(z.Name) == name && type is ("SOA" or "ANY"))
                .Select(z => new TextRecord(name, z.SoaTtl, "SOA", z.SoaData)))
            .ToList();
        if (found.Count > 0) return new("NOERROR", false, found, [], []);
        var zone = upstream.Zones.Where(z => Names.AtOrBelow(name, Names.Dot(z.Name))).MaxBy(z => z.Name.Length)!;
        var held = upstream.Sets.Select(s => s.Name).Concat(upstream.Zones.Select(z => z.Name));
        var exists = held.Any(n => Names.AtOrBelow(Names.Dot(n), name));
        return new(exists ? "NOERROR" : "NXDOMAIN", false, [], [new(Names.Dot(zone.Name), zone.SoaTtl, "SOA", zone.SoaData)], []);
    }
}
