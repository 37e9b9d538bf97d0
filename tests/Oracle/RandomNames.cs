using System.Net;
using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Tests.Oracle;

/// <summary>
/// Hosts lines, entries, upstream data and views over one narrow pool of names, so that they shadow each other and the cluster.
/// </summary>
internal sealed class RandomNames(Random random, string zone)
{
    private static readonly string[] Texts = ["\"v=spf1 -all\"", "\"a b\" \"c\""];
    private static readonly string[] Version4 = ["10.96.0.10", "10.96.0.11", "10.244.0.1", "10.9.9.9", "192.0.2.53", "198.51.100.7"];
    private static readonly string[] Version6 = ["fd00:10:96::a", "2001:db8::53", "fd00:10:244::5"];
    private static readonly int[] Ttls = [0, 5, 30, 60, 300, 3600];

    /// <summary>Names that an upstream may hold.</summary>
    private static readonly string[] Outside =
    [
        "www.example.com", "alias.example.com", "far.example.com", "example.com", "a.b.example.com", "corp.example",
        "db.corp.example", "web.corp.example",
        "mail.corp.example", "www.corp.example", "custom.example", "x.custom.example", "gateway", "web.shop.corp.example",
    ];

    /// <summary>Names that anybody may own.</summary>
    private readonly string[] _pool =
    [
        "x.custom.example", "a.b.custom.example", "deep.a.b.custom.example", "corp.example", "db.corp.example", "web.corp.example",
        "www.example.com", "alias.example.com", "far.example.com", "example.com", "db", "gateway", "web", "printer.local",
        "x.home.arpa", "web.test",
        "web.shop.svc." + zone, "db.shop.svc." + zone, "new.shop.svc." + zone, "kube-dns.kube-system.svc." + zone, "x.y." + zone,
        "a.web.ops.svc." + zone,
        "ext.shop.svc." + zone, "loc.localhost", "nope.example.com", "fails.example.com",
    ];

    private readonly string[] _wildcards =
    [
        "*.custom.example", "*.custom.example", "*.b.custom.example", "*.corp.example", "*.shop.svc." + zone, "*.example.com",
        "*.web.test", "*.0.244.10.in-addr.arpa"
    ];

    private readonly string[] _pointers =
    [
        "10.0.96.10.in-addr.arpa", "9.9.9.10.in-addr.arpa", "53.2.0.192.in-addr.arpa", "7.100.51.198.in-addr.arpa"
    ];

    /// <summary>Where an alias may lead: anywhere, also to itself.</summary>
    public string Target() => Pick(_pool);

    public HostsLine[] Hosts() => [.. Times(3).Select(_ => new HostsLine(Address(), SomeNames()))];

    public UpstreamWorld Upstream()
    {
        var sets = Enumerable.Range(0, random.Next(6, 16)).Select(_ => Pick(Outside)).Distinct().SelectMany(UpstreamSets);
        return new(
            [
                new("", 300, "a.root-servers.net. nstld.verisign-grs.com. 1 1800 900 604800 86400"),
                new("example.com", 120, "ns.example.com. admin.example.com. 1 3600 600 86400 120"),
                new("corp.example", 60, "ns.corp.example. admin.corp.example. 1 3600 600 86400 45"),
            ],
            [.. sets],
            [.. new[] { "fails.example.com", "web.corp.example" }.Where(_ => random.Next(2) == 0)]);
    }

    public CustomEntry[] Entries()
    {
        var entries = Enumerable.Range(0, random.Next(3, 12))
            .SelectMany(_ => At(Pick(Pick(new[] { _pool, _pool, _wildcards, _pointers })), Scope())).ToList();
        if (random.Next(4) == 0) entries.AddRange(Chain());
        return [.. entries.Where(e => IsFirstOfItsKind(entries, e))];
    }

    public OracleView[] Views(string[] namespaces) =>
    [
        .. namespaces.Take(3).Select(ns => new OracleView(
            ns,
            [$"{ns}.svc.{zone}", $"svc.{zone}", zone, .. Pick<string[]>([[], [], ["corp.example"], ["example.com", "custom.example"]])],
            Pick([5, 5, 5, 1, 2]),
            [.. Times(2).Select(_ => new HostAliasObject(Address(), SomeNames()))])),
    ];

    /// <summary>Twelve aliases in a row: from some of them it is ten links to the end, from some eleven.</summary>
    private static IEnumerable<CustomEntry> Chain() =>
        Enumerable.Range(0, 12).Select(i => new CustomEntry($"c{i}.chain.example", "CNAME", 60, [$"c{i + 1}.chain.example."]))
            .Append(new("c12.chain.example", "A", 60, ["192.0.2.53"]));

    private IEnumerable<CustomEntry> At(string name, string[] scope)
    {
        var passThrough = random.Next(4) == 0;
        return Sets(name).Select(s => new CustomEntry(name, s.Type, Pick(Ttls), s.Records)
        {
            Namespaces = scope,
            PassThrough = passThrough && random.Next(4) > 0,
            AutoPtr = s.Type is "A" or "AAAA" && random.Next(3) > 0,
        });
    }

    /// <summary>A zone's own name cannot be an alias: its SOA stands there (RFC 1912 2.4).</summary>
    private IEnumerable<UpstreamSet> UpstreamSets(string name) => Sets(name)
        .Where(s => s.Type != "CNAME" || name is not ("example.com" or "corp.example"))
        .Select(s => new UpstreamSet(name, s.Type, Pick(Ttls.Where(t => t > 0).ToArray()), s.Records));

    /// <summary>One CNAME, or one to three other RRsets.</summary>
    private IEnumerable<(string Type, string[] Records)> Sets(string name)
    {
        if (name.EndsWith("arpa", StringComparison.Ordinal) && random.Next(2) == 0) return [("PTR", [Target() + "."])];
        if (random.Next(3) == 0) return [("CNAME", [Target() + "."])];
        return Times(2).Prepend(0).Select(_ => Pick(["A", "A", "AAAA", "TXT", "MX", "SRV"])).Distinct().Select(t => (t, Records(t)));
    }

    private string[] Records(string type) => type switch
    {
        "A" => [.. Times(1).Prepend(0).Select(_ => Pick(Version4)).Distinct()],
        "AAAA" => [Pick(Version6)],
        "TXT" => [Pick(Texts)],
        "MX" => [$"10 {Target()}."],
        _ => [$"0 10 8080 {Target()}."],
    };

    /// <summary>
    /// The rules of the store: one RRset of a type in a scope, and a CNAME alone; scopes of one name do not overlap in part.
    /// </summary>
    private static bool IsFirstOfItsKind(List<CustomEntry> entries, CustomEntry entry) => !entries
        .TakeWhile(e => !ReferenceEquals(e, entry))
        .Any(e => e.Name == entry.Name
            && (e.Namespaces.Count == 0) == (entry.Namespaces.Count == 0)
            && (e.Type == entry.Type || e.Type == "CNAME" || entry.Type == "CNAME"));

    private string[] Scope() => Pick<string[]>([[], [], [], ["shop"], ["shop", "ops"], ["ops"]]);

    private string[] SomeNames() => [.. Times(2).Select(_ => Pick(_pool)).Prepend(Pick(_pool)).Distinct()];

    private IPAddress Address() => IPAddress.Parse(Pick(random.Next(3) > 0 ? Version4 : Version6));

    private IEnumerable<int> Times(int most) => Enumerable.Range(0, random.Next(most + 1));

    private T Pick<T>(T[] from) => from[random.Next(from.Length)];
}
