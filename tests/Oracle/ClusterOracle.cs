namespace KubeDoH.Tests.Oracle;

/// <summary>
/// Answers from <see cref="ClusterRecords"/> as a zone file is answered from (RFC 1034 section 4.3.2), plus the pod names.
/// </summary>
internal sealed class ClusterOracle(World world) : ISourceOracle
{
    private readonly string _zone = Names.Dot(world.Zone);
    private readonly ClusterRecords _cluster = new(world);

    public OracleAnswer? Find(string name, string type, OracleView? view)
    {
        var origin = new[] { _zone, "in-addr.arpa.", "ip6.arpa." }.FirstOrDefault(z => Names.AtOrBelow(name, z));
        if (origin is null) return null;
        var own = _cluster.All.Where(r => r.Owner == name).Concat(PodRecords(name)).ToList();
        var exists = own.Count > 0 || _cluster.Bare.Contains(name) || IsAboveSomething(name);
        if (!exists) return Unknown(name, origin);
        if (type == "ANY") return OracleAnswer.Any(name, world.Ttl);
        var found = own.Where(r => r.Type == type || r.Type == "CNAME").ToList();
        return found.Count > 0
            ? OracleAnswer.Local(found, AddressesOfTargets(found))
            : OracleAnswer.LocalNegative("NOERROR", ClusterRecords.Soa(world, origin));
    }

    private OracleAnswer? Unknown(string name, string origin)
    {
        if (!world.Synced) return OracleAnswer.Failure("SERVFAIL");
        if (world.Fallthrough.Any(z => Names.AtOrBelow(name, Names.Dot(z)))) return null;
        return OracleAnswer.LocalNegative("NXDOMAIN", ClusterRecords.Soa(world, origin));
    }

    private bool IsAboveSomething(string name) =>
        _cluster.Bare.Any(n => Names.Below(n, name)) || _cluster.All.Any(r => Names.Below(r.Owner, name));

    private List<TextRecord> AddressesOfTargets(List<TextRecord> records)
    {
        var targets = records.Where(r => r.Type is "SRV" or "NS").Select(r => r.Data.Split(' ')[^1]).ToList();
        return [.. _cluster.All.Where(r => r.Type is "A" or "AAAA" && targets.Contains(r.Owner))];
    }

    /// <summary>The address that <c>dashed.namespace.pod.zone</c> spells, where the mode lets it be answered.</summary>
    private List<TextRecord> PodRecords(string name)
    {
        if (world.Pods == "disabled" || !Names.Below(name, "pod." + _zone)) return [];
        var labels = name[..^("pod." + _zone).Length].Split('.', StringSplitOptions.RemoveEmptyEntries);
        if (labels.Length != 2 || !_cluster.NamespaceExists(labels[1])) return [];
        if (Addresses.FromDashed(labels[0]) is not { } address) return [];
        var known = world.PodList.Any(p => p.Live && p.Namespace == labels[1] && p.IPs.Contains(address));
        return world.Pods == "insecure" || known ? [new(name, world.Ttl, Addresses.Type(address), Addresses.Text(address))] : [];
    }
}
