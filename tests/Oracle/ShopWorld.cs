using System.Net;
using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Tests.Oracle;

/// <summary>A hand-made cluster with one object for every rule of the Kubernetes names.</summary>
internal static class ShopWorld
{
    public static readonly OracleView View =
        new("shop", ["shop.svc.cluster.local", "svc.cluster.local", "cluster.local", "corp.example"],
            5, [new(IPAddress.Loopback, ["mine", "pod.own"])]);

    public static World Make() => new()
    {
        Namespaces = [new() { Name = "shop" }, new() { Name = "ops" }],
        Services =
        [
            Cluster("web", ["10.96.0.10"], new PortObject("http", 80, "TCP"), new PortObject("https", 443, "TCP")),
            Cluster("one", ["10.96.0.11"], new PortObject("http", 80, "TCP")),
            Cluster("dual", ["10.96.0.12", "fd00:10:96::12"], new PortObject("http", 80, "TCP")),
            Cluster("idle", ["10.96.0.13"]),
            Cluster("unnamed", ["10.96.0.14"], new PortObject("", 8080, "TCP")),
            Headless("db"), Headless("dark"), Headless("bare"),
            External("ext", "www.example.com"), External("ext-in", "one.shop.svc.cluster.local"),
            External("ext-dead", "nope.shop.svc.cluster.local"), External("ext-ip", "192.0.2.7"), External("ext-fail", "fails.example.com"),
            External("loop-a", "loop-b.shop.svc.cluster.local"), External("loop-b", "loop-a.shop.svc.cluster.local"),
        ],
        EndpointSlices =
        [
            Slice("web", [], At("10.244.0.11"), At("10.244.0.12") with { Ready = false }),
            Slice("one", [new("http", 80, "TCP")], At("10.244.0.13", "ep1")),
            Slice("db", [new("pg", 5432, "TCP")], At("10.244.1.5", "db-0"),
                At("10.244.1.7"), At("10.244.1.8", "twin"), At("10.244.1.9", "twin")),
            Slice("db", [new("pg", 5432, "TCP")], At("fd00:10:244::5"),
                At("fd00:10:244::"), At("10.244.1.99", "db-9") with { Ready = false }),
            Slice("dark", [], At("10.244.1.30") with { Ready = false }),
            Slice("bare", [new("", 0, "TCP")], At("10.244.1.20"), At("10.96.0.13")),
        ],
        PodList = [new() { Namespace = "shop", Name = "p1", IPs = [IPAddress.Parse("10.244.0.11")] }],
        Hosts = [new(IPAddress.Parse("192.0.2.80"), ["first.hosts.example", "second.hosts.example"])],
        Upstream = new(
            [new("", 300, "a.root. b.root. 1 1 1 1 86400"), new("example.com", 120, "ns.example.com. admin.example.com. 1 1 1 1 60")],
            [new("www.example.com", "A", 300, ["192.0.2.53"]), new(
                "six.corp.example", "AAAA", 300, ["2001:db8::6"]), new("six", "A", 300, ["192.0.2.6"])],
            ["fails.example.com"]),
    };

    private static ServiceObject Cluster(string name, string[] addresses, params PortObject[] ports) =>
        new() { Namespace = "shop", Name = name, ClusterIPs = [.. addresses.Select(IPAddress.Parse)], Ports = ports };

    private static ServiceObject Headless(string name) => new() { Namespace = "shop", Name = name, Headless = true };

    private static ServiceObject External(string name, string target) =>
        new() { Namespace = "shop", Name = name, Type = "ExternalName", ExternalName = target };

    private static EndpointSliceObject Slice(string service, PortObject[] ports, params EndpointObject[] endpoints) =>
        new() { Namespace = "shop", Name = $"{service}-slice", ServiceName = service, Ports = ports, Endpoints = endpoints };

    private static EndpointObject At(string address, string? hostname = null) =>
        new() { Addresses = [IPAddress.Parse(address)], Hostname = hostname };
}
