namespace KubeDoH.Tests.Oracle;

/// <summary>
/// The first source that answers wins; aliases are followed link by link through all of them but the pod's own hosts file, which only
/// the pod's resolver sees, and not the server that follows an alias.
/// </summary>
internal sealed class ChainOracle
{
    /// <summary>At most this many links; one more is a failure.</summary>
    private const int MaxLinks = 10;

    private readonly List<ISourceOracle> _sources = [];

    public ChainOracle(World world)
    {
        var entries = new EntryOracle(world);
        foreach (var name in world.Order)
        {
            _sources.Add(name switch
            {
                "hostAliases" => new HostAliasesOracle(),
                "entries" => entries,
                "hosts" => new HostsOracle(world),
                "cluster" => new ClusterOracle(world),
                "special" => new SpecialOracle(world),
                _ => new UpstreamOracle(world),
            });
            if (name == "cluster") _sources.Add(new EntryPointerOracle(entries));
        }
    }

    /// <summary>The answer for an absolute name (lower case, final dot) with its aliases followed.</summary>
    public OracleAnswer Resolve(string name, string type, OracleView? view)
    {
        List<TextRecord> links = [];
        bool? authoritative = null, known = null;
        while (true)
        {
            var answer = Lookup(name, type, view);
            authoritative ??= answer.Authoritative;
            known ??= answer.KnownLocally;
            var link = type is "CNAME" or "ANY" ? null : answer.Answer.FirstOrDefault(r => r.Type == "CNAME");
            if (link is null)
                return answer with
                {
                    Authoritative = authoritative.Value, KnownLocally = known.Value, Answer = [.. links, .. answer.Answer],
                };
            links.Add(link);
            if (links.Count > MaxLinks || links.Any(l => l.Owner == link.Data)) return OracleAnswer.Failure("SERVFAIL");
            name = link.Data;
            view = view?.WithoutHosts();
        }
    }

    private OracleAnswer Lookup(string name, string type, OracleView? view)
    {
        for (var i = 0; i < _sources.Count; i++)
        {
            if (_sources[i].Find(name, type, view) is not { } answer) continue;
            var denied = answer.Rcode == "NXDOMAIN" && _sources.Take(i).Any(s => s.HasNameBelow(name, view));
            return denied ? answer with { Rcode = "NOERROR", KnownLocally = true } : answer;
        }

        return OracleAnswer.Failure("REFUSED");
    }
}
