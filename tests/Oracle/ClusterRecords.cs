using System.Net;
using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Tests.Oracle;

/// <summary>The cluster written out as zone files: every record that the Kubernetes DNS specification 1.1.0 and its extensions give.</summary>
internal sealed class ClusterRecords
{
    private readonly World world;
    private readonly string zone;
    private readonly List<TextRecord> records = [];
    private readonly List<(IPAddress Address, string Target)> clusterPointers = [];
    private readonly List<(IPAddress Address, string Target)> endpointPointers = [];

    public ClusterRecords(World world)
    {
        this.world = world;
        zone = Names.Dot(world.Zone);
        foreach (var service in world.Services.Where(IsVisible)) AddService(service);
        AddPointers();
        AddStructure();
        All = [.. records.Distinct()];
    }

    public IReadOnlyList<TextRecord> All { get; }

    /// <summary>Names that exist whether or not they have records.</summary>
    public HashSet<string> Bare { get; } = [];

    /// <summary>A ready address of a service with its label and the ports of its slice.</summary>
    private sealed record Endpoint(string Label, IPAddress Address, bool Named, IReadOnlyList<PortObject> Ports);

    public bool NamespaceExists(string name) => world.Namespaces.Any(n =>
        n.Name == name
        && (world.ExposedNamespaces.Count == 0 || world.ExposedNamespaces.Contains(name))
        && LabelSelector.Matches(world.NamespaceLabels, n.Labels));

    private bool IsVisible(ServiceObject service) => NamespaceExists(service.Namespace) && LabelSelector.Matches(world.Labels, service.Labels);

    private void AddStructure()
    {
        Bare.UnionWith([zone, "in-addr.arpa.", "ip6.arpa.", "svc." + zone, "ns.dns." + zone]);
        if (world.Pods != "disabled") Bare.Add("pod." + zone);
        foreach (var name in world.Namespaces.Select(n => n.Name).Where(NamespaceExists))
        {
            Bare.Add($"{name}.svc.{zone}");
            if (world.Pods != "disabled") Bare.Add($"{name}.pod.{zone}");
        }

        records.Add(new("dns-version." + zone, 28800, "TXT", "\"1.1.0\""));
        foreach (var origin in new[] { zone, "in-addr.arpa.", "ip6.arpa." }) records.Add(Soa(world, origin));
        foreach (var (address, target) in clusterPointers)
            if (address.Equals(world.ClusterDns)) Add(zone, "NS", target);
    }

    public static TextRecord Soa(World world, string origin) => new(
        origin, Math.Min(world.Ttl, 300), "SOA", $"ns.dns.{origin} hostmaster.{origin} * 7200 1800 86400 {world.Ttl}");

    private void AddService(ServiceObject service)
    {
        var name = $"{service.Name}.{service.Namespace}.svc.{zone}";
        if (service.Type == "ExternalName")
        {
            if (!IPAddress.TryParse(service.ExternalName, out _)) Add(name, "CNAME", Names.Dot(service.ExternalName!));
            return;
        }

        var ready = ReadyEndpoints(service);
        var endpoints = world.NoEndpoints ? [] : ready;
        if (service.Headless)
        {
            if (endpoints.Count == 0) return;
            foreach (var endpoint in endpoints)
            {
                Add(name, Addresses.Type(endpoint.Address), Addresses.Text(endpoint.Address));
                AddPorts(name, endpoint.Ports, $"{endpoint.Label}.{name}");
            }
        }
        else
        {
            if (world.IgnoreEmptyService && ready.Count == 0) return;
            foreach (var address in service.ClusterIPs)
            {
                Add(name, Addresses.Type(address), Addresses.Text(address));
                clusterPointers.Add((address, name));
            }

            AddPorts(name, service.Ports, name);
        }

        foreach (var endpoint in endpoints) AddEndpoint($"{endpoint.Label}.{name}", endpoint);
    }

    private void AddPorts(string service, IReadOnlyList<PortObject> ports, string target)
    {
        foreach (var port in ports.Where(p => p.Port != 0))
        {
            Add(service, "SRV", $"* * {port.Port} {target}");
            if (port.Name.Length == 0) continue;
            Add($"_{port.Name}._{port.Protocol}.{service}".ToLowerInvariant(), "SRV", $"* * {port.Port} {target}");
        }
    }

    private void AddEndpoint(string name, Endpoint endpoint)
    {
        Add(name, Addresses.Type(endpoint.Address), Addresses.Text(endpoint.Address));
        foreach (var port in endpoint.Ports.Where(p => p.Port != 0)) Add(name, "SRV", $"* * {port.Port} {name}");
        if (world.Ptr == "all" || endpoint.Named) endpointPointers.Add((endpoint.Address, name));
    }

    private void AddPointers()
    {
        foreach (var (address, target) in clusterPointers) Add(Addresses.ReverseName(address), "PTR", target);
        foreach (var (address, target) in endpointPointers)
            if (!clusterPointers.Any(p => p.Address.Equals(address))) Add(Addresses.ReverseName(address), "PTR", target);
    }

    private List<Endpoint> ReadyEndpoints(ServiceObject service) =>
    [
        .. from slice in world.EndpointSlices
           where slice.ServiceName == service.Name && slice.Namespace == service.Namespace
           from endpoint in slice.Endpoints
           where endpoint.Ready
           from address in endpoint.Addresses
           select new Endpoint(Label(endpoint, address), address, !string.IsNullOrEmpty(endpoint.Hostname), slice.Ports),
    ];

    private string Label(EndpointObject endpoint, IPAddress address)
    {
        if (!string.IsNullOrEmpty(endpoint.Hostname)) return endpoint.Hostname.ToLowerInvariant();
        var pod = endpoint.PodName ?? "";
        var usable = pod.Length is > 0 and < 64 && pod.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && pod[0] != '-' && pod[^1] != '-';
        return world.EndpointPodNames && usable ? pod.ToLowerInvariant() : Addresses.Dashed(address);
    }

    private void Add(string owner, string type, string data) => records.Add(new(owner, world.Ttl, type, data));
}
