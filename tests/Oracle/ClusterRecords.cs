using System.Net;
using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Tests.Oracle;

/// <summary>
/// The cluster written out as zone files: every record that the Kubernetes DNS specification 1.1.0 and its extensions give.
/// </summary>
internal sealed class ClusterRecords
{
    private readonly World _world;
    private readonly string _zone;
    private readonly List<TextRecord> _records = [];
    private readonly List<(IPAddress Address, string Target)> _clusterPointers = [];
    private readonly List<(IPAddress Address, string Target)> _endpointPointers = [];

    public ClusterRecords(World world)
    {
        _world = world;
        _zone = Names.Dot(_world.Zone);
        foreach (var service in _world.Services.Where(IsVisible)) AddService(service);
        AddPointers();
        AddStructure();
        All = [.. _records.Distinct()];
    }

    public IReadOnlyList<TextRecord> All { get; }

    /// <summary>Names that exist whether or not they have records.</summary>
    public HashSet<string> Bare { get; } = [];

    /// <summary>A ready address of a service with its label and the ports of its slice.</summary>
    private sealed record Endpoint(string Label, IPAddress Address, bool Named, IReadOnlyList<PortObject> Ports);

    public bool NamespaceExists(string name) => _world.Namespaces.Any(n =>
        n.Name == name
        && (_world.ExposedNamespaces.Count == 0 || _world.ExposedNamespaces.Contains(name))
        && LabelSelector.Matches(_world.NamespaceLabels, n.Labels));

    private bool IsVisible(ServiceObject service) =>
        NamespaceExists(service.Namespace) && LabelSelector.Matches(_world.Labels, service.Labels);

    private void AddStructure()
    {
        Bare.UnionWith([_zone, "in-addr.arpa.", "ip6.arpa.", "svc." + _zone, "ns.dns." + _zone]);
        if (_world.Pods != "disabled") Bare.Add("pod." + _zone);
        foreach (var name in _world.Namespaces.Select(n => n.Name).Where(NamespaceExists))
        {
            Bare.Add($"{name}.svc.{_zone}");
            if (_world.Pods != "disabled") Bare.Add($"{name}.pod.{_zone}");
        }

        _records.Add(new("dns-version." + _zone, 28800, "TXT", "\"1.1.0\""));
        foreach (var origin in new[] { _zone, "in-addr.arpa.", "ip6.arpa." }) _records.Add(Soa(_world, origin));
        foreach (var (address, target) in _clusterPointers)
            if (address.Equals(_world.ClusterDns)) Add(_zone, "NS", target);
    }

    public static TextRecord Soa(World world, string origin) => new(
        origin, Math.Min(world.Ttl, 300), "SOA", $"ns.dns.{origin} hostmaster.{origin} * 7200 1800 86400 {world.Ttl}");

    private void AddService(ServiceObject service)
    {
        var name = $"{service.Name}.{service.Namespace}.svc.{_zone}";
        if (service.Type == "ExternalName")
        {
            if (!IPAddress.TryParse(service.ExternalName, out _)) Add(name, "CNAME", Names.Dot(service.ExternalName!));
            return;
        }

        var ready = ReadyEndpoints(service);
        var endpoints = _world.NoEndpoints ? [] : ready;
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
            if (_world.IgnoreEmptyService && ready.Count == 0) return;
            foreach (var address in service.ClusterIPs)
            {
                Add(name, Addresses.Type(address), Addresses.Text(address));
                _clusterPointers.Add((address, name));
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
        if (_world.Ptr == "all" || endpoint.Named) _endpointPointers.Add((endpoint.Address, name));
    }

    private void AddPointers()
    {
        foreach (var (address, target) in _clusterPointers) Add(Addresses.ReverseName(address), "PTR", target);
        foreach (var (address, target) in _endpointPointers)
            if (!_clusterPointers.Any(p => p.Address.Equals(address))) Add(Addresses.ReverseName(address), "PTR", target);
    }

    private List<Endpoint> ReadyEndpoints(ServiceObject service) =>
    [
        .. from slice in _world.EndpointSlices
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
        var usable = pod.Length is > 0 and < 64 && pod.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && pod[0] != '-'
            && pod[^1] != '-';
        return _world.EndpointPodNames && usable ? pod.ToLowerInvariant() : Addresses.Dashed(address);
    }

    private void Add(string owner, string type, string data) => _records.Add(new(owner, _world.Ttl, type, data));
}
