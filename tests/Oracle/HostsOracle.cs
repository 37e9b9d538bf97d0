namespace KubeDoH.Tests.Oracle;

/// <summary>Hosts files: addresses of every name on a line, and a pointer to the first name of the address's first line.</summary>
internal sealed class HostsOracle(World world) : ISourceOracle
{
    private readonly List<TextRecord> _records =
    [
        .. world.Hosts.SelectMany(line => line.Names.Select(n =>
            new TextRecord(Names.Dot(n), LocalData.Ttl, Addresses.Type(line.Address), Addresses.Text(line.Address)))),
        .. world.Hosts.DistinctBy(line => line.Address).Select(line =>
            new TextRecord(Addresses.ReverseName(line.Address), LocalData.Ttl, "PTR", Names.Dot(line.Names[0]))),
    ];

    public OracleAnswer? Find(string name, string type, OracleView? view)
    {
        var own = _records.Where(r => r.Owner == name).ToList();
        return own.Count == 0 ? null : LocalData.Answer(name, type, own);
    }

    public bool HasNameBelow(string name, OracleView? view) => _records.Any(r => Names.Below(r.Owner, name));
}

/// <summary>The hosts lines of the pod that asks: addresses only.</summary>
internal sealed class HostAliasesOracle : ISourceOracle
{
    public OracleAnswer? Find(string name, string type, OracleView? view)
    {
        if (view is null || !Lists(view, name)) return null;
        return LocalData.Answer(name, type, view.HostAliases
            .Where(a => a.Hostnames.Any(h => Names.Dot(h) == name))
            .Select(a => new TextRecord(name, LocalData.Ttl, Addresses.Type(a.Address), Addresses.Text(a.Address))));
    }

    public bool HasNameBelow(string name, OracleView? view) =>
        view is not null && view.HostAliases.Any(a => a.Hostnames.Any(h => Names.Below(Names.Dot(h), name)));

    public static bool Lists(OracleView view, string name) => view.HostAliases.Any(a => a.Hostnames.Any(h => Names.Dot(h) == name));
}
