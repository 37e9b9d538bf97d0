using System.Net;
using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Tests.Oracle;

/// <summary>
/// Small random worlds, the same for the same seed. The pools are narrow on purpose: addresses meet in two services, entries shadow
/// services, aliases run in circles.
/// </summary>
internal sealed class WorldGenerator
{
    private static readonly string[] Namespaces = ["shop", "ops", "kube-system", "dark"];
    private static readonly string[] ServiceNames = ["web", "db", "api", "kube-dns", "ext", "far"];
    private static readonly string[] Hostnames = ["db-0", "db-1", "twin", "web"];
    private static readonly string[] PodNames = ["web-7f9c-x2x2x", "db-0", "dotted.pod", new('p', 64), new('q', 63), "twin"];
    private static readonly string[] ClusterAddresses =
    [
        "10.96.0.10", "10.96.0.11", "10.96.0.12", "10.96.0.13", "fd00:10:96::a", "fd00:10:96::6", "192.0.2.10"
    ];
    private static readonly string[] PodAddresses =
    [
        "10.244.0.1", "10.244.0.2", "10.244.0.3", "192.0.2.10", "203.0.113.9", "fd00:10:244::5", "fd00:10:244::", "fd00:1:0:0:2::7",
        "10.96.0.11"
    ];
    private static readonly string[] Selectors = ["tier=front", "tier!=front", "tier", "tier=front,team!=b"];
    private static readonly PortObject[] Ports =
    [
        new("http", 80, "TCP"), new("https", 443, "TCP"), new("dns", 53, "UDP"), new("dns-tcp", 53, "TCP"), new("sip", 5060, "SCTP"),
        new("", 8080, "TCP"), new("all", 0, "TCP"),
    ];

    private readonly Random _random;
    private readonly string _zone;

    private WorldGenerator(int seed)
    {
        _random = new Random(unchecked((int)((uint)seed * 2654435761)));
        _zone = Usually("cluster.local", "internal", "k8s.corp.example", "k8s.lab.example");
    }

    public static World Make(int seed) => new WorldGenerator(seed).Make() with { Seed = seed };

    private World Make()
    {
        var services = Services();
        var aliases = new RandomNames(_random, _zone);
        return new()
        {
            Zone = _zone,
            Ttl = Usually(30, 5, 600, 0),
            Order = Order(),
            Synced = !Chance(12),
            Pods = Pick(["insecure", "insecure", "verified", "verified", "disabled"]),
            Ptr = Usually("all", "hostnameOnly"),
            EndpointPodNames = Chance(25),
            NoEndpoints = Chance(8),
            IgnoreEmptyService = Chance(20),
            Fallthrough = Usually<string[]>(
                ["in-addr.arpa", "ip6.arpa"], [], [_zone], [_zone, "in-addr.arpa"], ["10.in-addr.arpa"], ["shop.svc." + _zone]),
            ExposedNamespaces = Usually<string[]>([], ["shop", "ops"], ["shop", "kube-system", "absent"]),
            Labels = Chance(15) ? Pick(Selectors) : "",
            NamespaceLabels = Chance(15) ? Pick(Selectors) : "",
            ClusterDns = IPAddress.Parse(Usually("10.96.0.10", "fd00:10:96::a", "10.96.0.99")),
            Namespaces = [.. Namespaces.Where(_ => !Chance(15)).Select(n => new NamespaceObject { Name = n, Labels = Labels() })],
            Services = services,
            EndpointSlices = Slices(services),
            PodList = [.. Times(2, 8).Select(Pod)],
            Hosts = aliases.Hosts(),
            Entries = aliases.Entries(),
            Upstream = Chance(10) ? null : aliases.Upstream(),
            Views = aliases.Views(Namespaces),
        };
    }

    private List<ServiceObject> Services()
    {
        var targets = new RandomNames(_random, _zone);
        return
        [
            .. from ns in Namespaces
               from name in ServiceNames
               where !Chance(45)
               select name is "ext" or "far" && !Chance(15) ? External(ns, name, targets) : Plain(ns, name),
        ];
    }

    private ServiceObject External(string ns, string name, RandomNames targets) => new()
    {
        Namespace = ns,
        Name = name,
        Labels = Labels(),
        Type = "ExternalName",
        ExternalName = Usually(
            targets.Target(), targets.Target(), "192.0.2.7", $"far.{Pick(Namespaces)}.svc.{_zone}", $"ext.{Pick(Namespaces)}.svc.{_zone}.",
            "WWW.Example.COM"),
    };

    private ServiceObject Plain(string ns, string name)
    {
        var headless = Chance(40);
        return new()
        {
            Namespace = ns,
            Name = name,
            Labels = Labels(),
            Type = headless ? "ClusterIP" : Usually("ClusterIP", "NodePort", "LoadBalancer"),
            Headless = headless,
            ClusterIPs = headless ? [] : Addresses(ClusterAddresses, 2),
            Ports = SomePorts(),
        };
    }

    private List<EndpointSliceObject> Slices(List<ServiceObject> services)
    {
        var slices = new List<EndpointSliceObject>();
        foreach (var service in services)
            foreach (var i in Times(0, 3))
                slices.Add(Slice(service.Namespace, $"{service.Name}-{i}", service.Name));
        slices.Add(Slice("shop", "orphan", "nobody"));
        slices.Add(Slice("ops", "loose", null));
        return slices;
    }

    private EndpointSliceObject Slice(string ns, string name, string? service) => new()
    {
        Namespace = ns,
        Name = name,
        ServiceName = service,
        Ports = SomePorts(),
        Endpoints = [.. Times(0, 3).Select(_ => new EndpointObject
        {
            Addresses = Addresses(PodAddresses, 2),
            Hostname = Chance(40) ? Pick(Hostnames) : null,
            PodName = Chance(60) ? Pick(PodNames) : null,
            Ready = !Chance(25),
        })],
    };

    private PodObject Pod(int number) =>
        new() { Namespace = Pick(Namespaces), Name = $"p{number}", IPs = Addresses(PodAddresses, 2), Live = !Chance(35) };

    private string[] Order()
    {
        if (!Chance(12)) return [.. World.DefaultOrder];
        var local = World.DefaultOrder.Take(5).ToArray();
        _random.Shuffle(local);
        return [.. local, "forward"];
    }

    private PortObject[] SomePorts() => [.. Times(0, 3).Select(_ => Pick(Ports)).Distinct()];

    private Dictionary<string, string> Labels()
    {
        var labels = new Dictionary<string, string>();
        if (Chance(60)) labels["tier"] = Usually("front", "back");
        if (Chance(40)) labels["team"] = Usually("a", "b");
        return labels;
    }

    private IPAddress[] Addresses(string[] pool, int most) =>
        [.. Times(1, most).Select(_ => Pick(pool)).Distinct().Select(IPAddress.Parse)];

    private IEnumerable<int> Times(int least, int most) => Enumerable.Range(0, _random.Next(least, most + 1));

    private bool Chance(int percent) => _random.Next(100) < percent;

    private T Pick<T>(T[] pool) => pool[_random.Next(pool.Length)];

    /// <summary>The first in two cases of three, else one of the others.</summary>
    private T Usually<T>(T first, params T[] others) => _random.Next(3) > 0 ? first : Pick(others);
}
