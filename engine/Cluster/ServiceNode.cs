using System.Buffers.Binary;
using System.Net;
using System.Text;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Resolution.Listing;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Cluster;

/// <summary>
/// A service that has names, with all of them: its own, <c>_port._proto</c> below it, and one for each endpoint label
/// (Kubernetes DNS specification 1.1.0, sections 2.3 to 2.5). Immutable but for the owner nodes, which are made when they are
/// first asked for: most of a large cluster's names never are.
/// </summary>
internal sealed class ServiceNode
{
    private readonly string _source;
    private readonly uint _ttl;
    private readonly ServiceObject _service;
    private readonly EndpointGroup[] _groups;
    private readonly (PortObject Port, byte[] Name, byte[] Protocol)[] _namedPorts;
    private readonly OwnerNode?[] _portNodes;
    private readonly OwnerNode?[] _groupNodes;
    private OwnerNode? _self;

    private ServiceNode(DnsName name, string source, uint ttl, ServiceObject service, EndpointGroup[] groups)
    {
        Name = name;
        _source = source;
        _ttl = ttl;
        _service = service;
        _groups = groups;
        Addresses = [.. service.ClusterIPs.Where(AddressKey.IsAddress).Select(AddressKey.Of).Distinct()];
        IEnumerable<PortObject> ports = service.Headless ? groups.SelectMany(group => group.Ports).Distinct() : service.Ports;
        _namedPorts = [.. ports
            .Where(port => port is { Name.Length: > 0, Port: > 0 })
            .DistinctBy(port => (port.Name, port.Protocol))
            .Select(port => (port, Label(port.Name), Label(port.Protocol)))];
        _portNodes = new OwnerNode?[_namedPorts.Length];
        _groupNodes = new OwnerNode?[groups.Length];
    }

    public DnsName Name { get; }

    public string Namespace => _service.Namespace;

    /// <summary>The service's name in its namespace.</summary>
    public string Service => _service.Name;

    /// <summary>Its cluster addresses; none for a headless or ExternalName service.</summary>
    public IReadOnlyList<AddressKey> Addresses { get; }

    public IReadOnlyList<EndpointGroup> Groups => _groups;

    /// <summary>True when it is an ExternalName service whose target is an address: it then has no records.</summary>
    public bool HasAddressForName { get; private init; }

    /// <summary>The service's names, or null when it has none: a headless service without a ready endpoint does not exist.</summary>
    public static ServiceNode? Build(
        DnsName name, string source, ClusterRules rules, ServiceObject service, IEnumerable<EndpointSliceObject> slices)
    {
        if (service.ExternalName is { } target)
        {
            bool isAddress = IPAddress.TryParse(target, out _);
            bool isName = !isAddress && DnsName.TryParse(target, out _, out _);
            return isAddress || isName ? new ServiceNode(name, source, rules.Ttl, service, []) { HasAddressForName = isAddress } : null;
        }

        EndpointGroup[] groups = EndpointGroup.Of(slices, rules.EndpointPodNames);
        bool isEmpty = groups.Length == 0;
        if (service.Headless && (isEmpty || rules.NoEndpoints)) return null;
        if (rules.IgnoreEmptyService && isEmpty) return null;
        return new ServiceNode(name, source, rules.Ttl, service, rules.NoEndpoints ? [] : groups);
    }

    /// <summary>The service's own name.</summary>
    public OwnerNode Self() => _self ??= BuildSelf();

    /// <summary>The name of an endpoint label below the service; null when there is none.</summary>
    public OwnerNode? Endpoint(ReadOnlySpan<byte> label)
    {
        int low = 0, high = _groups.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = label.SequenceCompareTo(_groups[middle].Label);
            if (order == 0) return _groupNodes[middle] ??= BuildEndpoint(_groups[middle]);
            if (order < 0) high = middle - 1;
            else low = middle + 1;
        }

        return null;
    }

    /// <summary>
    /// The name <c>_port._proto</c> below the service, labels in lower case with their underscores; null when there is none.
    /// </summary>
    public OwnerNode? Port(ReadOnlySpan<byte> port, ReadOnlySpan<byte> protocol)
    {
        for (int i = 0; i < _namedPorts.Length; i++)
        {
            if (port.SequenceEqual(_namedPorts[i].Name) && protocol.SequenceEqual(_namedPorts[i].Protocol))
                return _portNodes[i] ??= BuildPort(_namedPorts[i].Port);
        }

        return null;
    }

    /// <summary>True when a named port has this protocol, so that <c>_tcp</c> below the service is an empty non-terminal.</summary>
    public bool HasProtocol(ReadOnlySpan<byte> protocol)
    {
        foreach ((_, _, byte[] own) in _namedPorts)
            if (protocol.SequenceEqual(own)) return true;
        return false;
    }

    /// <summary>The name that a PTR record of an endpoint leads to.</summary>
    public DnsName EndpointName(EndpointGroup group) => Name.Child(group.Label);

    /// <summary>
    /// Every name from the start of the range on, in canonical order, made anew and not kept: whoever lists a cluster would fill the memory.
    /// </summary>
    public IEnumerable<OwnerNode> MakeAll(RecordRange range)
    {
        if (!range.IsBefore(Name)) yield return BuildSelf();
        Queue<(DnsName Name, PortObject Port)> ports = new(_namedPorts
            .Select(port => (Name: Name.Child(port.Protocol).Child(port.Name), port.Port))
            .Where(port => !range.IsBefore(port.Name))
            .OrderBy(port => port.Name, CanonicalNameOrder.Instance));
        foreach (EndpointGroup group in _groups)
        {
            DnsName name = EndpointName(group);
            if (range.IsBefore(name)) continue;
            while (ports.TryPeek(out var port) && CanonicalNameOrder.Instance.Compare(port.Name, name) < 0)
                yield return BuildPort(ports.Dequeue().Port);
            yield return BuildEndpoint(group);
        }

        while (ports.TryDequeue(out var port)) yield return BuildPort(port.Port);
    }

    private static byte[] Label(string text) => Encoding.ASCII.GetBytes("_" + text.ToLowerInvariant());

    private List<RRset> SelfRRsets()
    {
        if (_service.ExternalName is { } target)
            return HasAddressForName ? [] : [new RRset(RecordType.CNAME, _ttl, [DnsName.Parse(target).Span.ToArray()])];

        IEnumerable<AddressKey> addresses = _service.Headless ? _groups.SelectMany(group => group.Addresses).Distinct() : Addresses;
        List<RRset> rrsets = AddressRRsets(addresses);
        IEnumerable<Target> targets = _service.Headless
            ? _groups.SelectMany(group => Targets(group, group.Ports))
            : _service.Ports.Select(port => new Target(port.Port, Name, Addresses));
        AddServices(rrsets, targets);
        return rrsets;
    }

    private OwnerNode BuildSelf() => new(Name, _source, SelfRRsets());

    private OwnerNode BuildEndpoint(EndpointGroup group)
    {
        List<RRset> rrsets = AddressRRsets(group.Addresses);
        AddServices(rrsets, Targets(group, group.Ports));
        return new OwnerNode(EndpointName(group), _source, rrsets);
    }

    private OwnerNode BuildPort(PortObject port)
    {
        bool IsSame(PortObject other) => other.Name == port.Name && other.Protocol == port.Protocol;
        var rrsets = new List<RRset>();
        AddServices(rrsets, _service.Headless
            ? _groups.SelectMany(group => Targets(group, group.Ports.Where(IsSame)))
            : _service.Ports.Where(IsSame).Select(same => new Target(same.Port, Name, Addresses)));
        return new OwnerNode(Name.Child(Label(port.Protocol)).Child(Label(port.Name)), _source, rrsets);
    }

    private IEnumerable<Target> Targets(EndpointGroup group, IEnumerable<PortObject> ports) =>
        ports.Select(port => new Target(port.Port, EndpointName(group), group.Addresses));

    private List<RRset> AddressRRsets(IEnumerable<AddressKey> addresses) =>
        [.. addresses
            .GroupBy(address => address.IsV6, address => address.ToData())
            .OrderBy(family => family.Key)
            .Select(family => new RRset(family.Key ? RecordType.AAAA : RecordType.A, _ttl, [.. family]))];

    /// <summary>
    /// Adds the SRV records: priority 0, and weights that share 100 as CoreDNS does (the specification leaves both free).
    /// </summary>
    private void AddServices(List<RRset> rrsets, IEnumerable<Target> targets)
    {
        List<Target> distinct = [.. targets.Where(target => target.Port > 0).DistinctBy(target => (target.Port, target.Name))];
        if (distinct.Count == 0) return;
        var weight = (ushort)Math.Max(1, 100 / distinct.Count);
        IEnumerable<AdditionalRecord> additional = distinct
            .DistinctBy(target => target.Name)
            .SelectMany(target => target.Addresses.Select(address =>
                new AdditionalRecord(target.Name, address.IsV6 ? RecordType.AAAA : RecordType.A, _ttl, address.ToData())));
        rrsets.Add(new RRset(RecordType.SRV, _ttl, [.. distinct.Select(target => ServiceData(target, weight))], [.. additional]));
    }

    /// <summary>RDATA of an SRV record: priority, weight, port, target (RFC 2782).</summary>
    private static byte[] ServiceData(Target target, ushort weight)
    {
        var data = new byte[6 + target.Name.Span.Length];
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(2), weight);
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(4), (ushort)target.Port);
        target.Name.Span.CopyTo(data.AsSpan(6));
        return data;
    }

    /// <summary>What one SRV record leads to.</summary>
    private readonly record struct Target(int Port, DnsName Name, IReadOnlyList<AddressKey> Addresses);
}
