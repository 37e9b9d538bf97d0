using System.Globalization;
using System.Net;
using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Tests.Oracle;

/// <summary>Random questions about a world: names that exist in it, names that nearly do, and the short forms that views expand.</summary>
internal sealed class QuestionGenerator
{
    private static readonly string[] Types =
    [
        "A", "A", "A", "AAAA", "AAAA", "SRV", "SRV", "PTR", "CNAME", "TXT", "NS", "SOA", "MX", "ANY", "HTTPS"
    ];
    private static readonly string[] Prefixes =
    [
        "x", "_tcp", "_http._tcp", "_nope._tcp", "_http._udp", "db-0", "10-244-0-1", "*", "a.b.c", "_", "1"
    ];
    private static readonly string[] Replacements = ["ghost", "svc", "pod", "pood", "shop", "web", "*", "_udp", "0", "any"];
    private static readonly string[] PodLabels =
    [
        "10-244-0-1", "10-9-9-9", "010-9-9-9", "10-9-9-256", "10--9-9-9", "10-9-9", "fd00--1", "fd00-10-244--5", "fd00-10-244--0",
        "fd00--1--2", "--", "1-2-3-4-5-6-7-8", "1-2-3-4-5-6-7--8", "blah", "-1-2-3", "192-0-2-10"
    ];

    private static readonly string[] Fixed =
    [
        "localhost", "foo.localhost", "invalid", "x.invalid", "x.test", "x.onion", "x.alt", "x.local", "home.arpa", "x.home.arpa",
        "resolver.arpa",
        "_dns.resolver.arpa", "x.resolver.arpa", "10.in-addr.arpa", "9.9.9.10.in-addr.arpa", "1.0.0.127.in-addr.arpa",
        "1.168.192.in-addr.arpa",
        "in-addr.arpa", "ip6.arpa", "9.9.9.9.in-addr.arpa", "d.f.ip6.arpa", "c0.chain.example", "c1.chain.example",
        "c2.chain.example", "c3.chain.example",
        "nowhere.example.net", "nowhere",
    ];

    private readonly World _world;
    private readonly Random _random;
    private readonly string _zone;
    private readonly List<TextRecord> _records;
    private readonly string[][] _groups;

    public QuestionGenerator(World world)
    {
        _world = world;
        _random = new Random(_world.Seed ^ 0x5eed);
        _zone = Names.Dot(_world.Zone);
        _records = [.. new ClusterRecords(_world).All];
        var upstream = UpstreamNames().ToList();
        IEnumerable<string>[] all =
            [ClusterNames(), HiddenNames(), CustomNames(), CustomNames(), PointerNames(), upstream.Count > 0 ? upstream : Fixed, Fixed];
        _groups = [.. all.Select(g => g.Select(Names.Dot).Distinct().ToArray()).Where(g => g.Length > 0)];
    }

    public IEnumerable<OracleQuestion> Take(int count) => Endless().Where(IsSettled).Take(count);

    private IEnumerable<OracleQuestion> Endless()
    {
        while (true)
        {
            var view = _world.Views.Count > 0 && Chance(50) ? Pick([.. _world.Views]) : null;
            if (Chance(30) && _records.Count > 0)
            {
                var record = Pick([.. _records]);
                yield return new(Spelling(record.Owner), Chance(70) ? record.Type : Pick(Types), view);
                continue;
            }

            var name = Pick(Pick(_groups));
            if (Chance(35)) name = Mutate(name);
            if (view is not null && Chance(60)) name = Short(name, view);
            yield return new(Spelling(name), Pick(Types), view);
        }
    }

    /// <summary>
    /// Left out: names beyond the limits of RFC 1035 and, as no rule settles them, names above the zones and the SOA of special zones.
    /// </summary>
    private bool IsSettled(OracleQuestion question)
    {
        var name = Names.Dot(question.Name);
        if (name.Length is < 2 or > 150 || Names.Labels(name).Any(l => l.Length is 0 or > 63)) return false;
        return name != "arpa." && !Names.Below(_zone, name) && !(question.Type == "SOA" && SpecialOracle.IsApex(name));
    }

    private IEnumerable<string> ClusterNames()
    {
        string[] structure =
            [_zone, "svc." + _zone, "pod." + _zone, "dns." + _zone, "ns.dns." + _zone, "dns-version." + _zone, "foo." + _zone];
        var inNamespaces = _world.Namespaces.SelectMany(
            n => new[] { $"{n.Name}.svc.{_zone}", $"{n.Name}.pod.{_zone}", PodName(n), PodName(n), PodName(n) });
        return structure.Concat(_records.Select(r => r.Owner)).Concat(inNamespaces);
    }

    private string PodName(NamespaceObject ns) => $"{Pick(PodLabels)}.{ns.Name}.pod.{_zone}";

    private IEnumerable<string> CustomNames() =>
        _world.Entries.Select(e => e.Name.Replace("*", Pick(["x", "a.b", "web", "*"]), StringComparison.Ordinal))
            .Concat(_world.Entries.SelectMany(e => Names.Ancestors(Names.Dot(e.Name)).Take(2)))
            .Concat(_world.Hosts.SelectMany(h => h.Names.Append(Addresses.ReverseName(h.Address))))
            .Concat(_world.Views.SelectMany(v => v.HostAliases).SelectMany(a => a.Hostnames));

    private IEnumerable<string> PointerNames() =>
        _world.Entries.Where(e => e.AutoPtr).SelectMany(e => e.Records).Select(r => Addresses.ReverseName(IPAddress.Parse(r)));

    private IEnumerable<string> UpstreamNames() => _world.Upstream is { } upstream
        ? upstream.Sets.Select(s => s.Name).Concat(upstream.Zones.Skip(1).Select(z => z.Name)).Concat(upstream.Failing)
        : [];

    /// <summary>What the objects hold, whether or not it may be seen.</summary>
    private IEnumerable<string> HiddenNames()
    {
        foreach (var service in _world.Services)
        {
            var name = $"{service.Name}.{service.Namespace}.svc.{_zone}";
            yield return name;
            yield return $"_tcp.{name}";
            yield return $"_http._tcp.{name}";
            foreach (var address in service.ClusterIPs) yield return Addresses.ReverseName(address);
        }

        foreach (var slice in _world.EndpointSlices)
        {
            foreach (var endpoint in slice.Endpoints)
            {
                var service = $"{slice.ServiceName ?? "nobody"}.{slice.Namespace}.svc.{_zone}";
                foreach (var label in Labels(endpoint)) yield return $"{label}.{service}";
                foreach (var address in endpoint.Addresses) yield return Addresses.ReverseName(address);
            }
        }

        foreach (var pod in _world.PodList)
            foreach (var address in pod.IPs) yield return $"{Addresses.Dashed(address)}.{pod.Namespace}.pod.{_zone}";
    }

    private static IEnumerable<string> Labels(EndpointObject endpoint) =>
        endpoint.Addresses.Select(Addresses.Dashed)
            .Concat(endpoint.Hostname is null ? [] : [endpoint.Hostname])
            .Concat(endpoint.PodName is null ? [] : [endpoint.PodName]);

    private string Mutate(string name)
    {
        var labels = Names.Labels(name).ToList();
        var at = _random.Next(labels.Count);
        switch (_random.Next(6))
        {
            case 0: labels.RemoveAt(0); break;
            case 1: labels.Insert(0, Pick(Prefixes)); break;
            case 2: labels[at] = Pick(Replacements); break;
            case 3: labels[at] = OtherDigit(labels[at]); break;
            case 4: labels[0] = labels[0].Replace("-", "--", StringComparison.Ordinal) + (labels[0].Contains('-') ? "" : "x"); break;
            default: labels.RemoveAt(at); break;
        }

        return Names.Dot(string.Join('.', labels));
    }

    private string OtherDigit(string label) => string.Concat(label.Select(c =>
        char.IsAsciiDigit(c) && Chance(50) ? _random.Next(10).ToString(CultureInfo.InvariantCulture)[0] : c));

    /// <summary>The name as a pod's program would write it: without the end that its search list adds.</summary>
    private string Short(string name, OracleView view)
    {
        var suffixes = view.Search.Select(Names.Dot).Where(s => Names.Below(name, s)).ToArray();
        return suffixes.Length == 0 ? name : name[..^Pick(suffixes).Length];
    }

    private string Spelling(string name) => Chance(10)
        ? string.Concat(name.Select(c => Chance(50) ? char.ToUpperInvariant(c) : c))
        : name;

    private bool Chance(int percent) => _random.Next(100) < percent;

    private T Pick<T>(T[] pool) => pool[_random.Next(pool.Length)];
}
