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
    private readonly SliceEntry[] _slices;
    private Parts? _parts;
    private OwnerNode? _self;

    private ServiceNode(DnsName name, string source, uint ttl, ServiceObject service, SliceEntry[] slices)
    {
        Name = name;
        _source = source;
        _ttl = ttl;
        _service = service;
        _slices = slices;
        Addresses = [.. service.ClusterIPs.Where(AddressKey.IsAddress).Select(AddressKey.Of).Distinct()];
    }

    public DnsName Name { get; }

    public string Namespace => _service.Namespace;

    /// <summary>The service's name in its namespace.</summary>
    public string Service => _service.Name;

    /// <summary>Its cluster addresses; none for a headless or ExternalName service.</summary>
    public IReadOnlyList<AddressKey> Addresses { get; }

    private Parts Known => _parts ??= new Parts(_service, _slices);

    /// <summary>True when it is an ExternalName service whose target is an address: it then has no records.</summary>
    public bool HasAddressForName { get; private init; }

    /// <summary>The service's names, or null when it has none: a headless service without a ready endpoint does not exist.</summary>
    public static ServiceNode? Build(
        DnsName name, string source, ClusterRules rules, ServiceObject service, SliceEntry[] slices)
    {
        if (service.ExternalName is { } target)
        {
            bool isAddress = IPAddress.TryParse(target, out _);
            bool isName = !isAddress && DnsName.TryParse(target, out _, out _);
            return isAddress || isName ? new ServiceNode(name, source, rules.Ttl, service, []) { HasAddressForName = isAddress } : null;
        }

        bool isEmpty = !Array.Exists(slices, slice => slice.Endpoints.Length > 0);
        if (service.Headless && (isEmpty || rules.NoEndpoints)) return null;
        if (rules.IgnoreEmptyService && isEmpty) return null;
        return new ServiceNode(name, source, rules.Ttl, service, rules.NoEndpoints ? [] : slices);
    }

    /// <summary>
    /// The addresses about which two states of a service do not say the same: new ones, old ones, and those under another label.
    /// Slices that both have are not looked into.
    /// </summary>
    public static IReadOnlyCollection<AddressKey> AddressesThatDiffer(ServiceNode? previous, ServiceNode? next)
    {
        var differing = new HashSet<AddressKey>(previous?.Addresses ?? []);
        differing.SymmetricExceptWith(next?.Addresses ?? []);
        SliceEntry[] before = previous?._slices ?? [], after = next?._slices ?? [];
        HashSet<EndpointEntry> gone = [.. before.Except(after, ReferenceEqualityComparer.Instance)
            .Cast<SliceEntry>().SelectMany(slice => slice.Endpoints)];
        HashSet<EndpointEntry> come = [.. after.Except(before, ReferenceEqualityComparer.Instance)
            .Cast<SliceEntry>().SelectMany(slice => slice.Endpoints)];
        gone.SymmetricExceptWith(come);
        differing.UnionWith(gone.Select(entry => entry.Address));
        return differing;
    }

    /// <summary>Whether a PTR record of the address leads here.</summary>
    public bool Holds(AddressKey address, bool onlyHostnames)
    {
        if (Addresses.Contains(address)) return true;
        foreach (SliceEntry slice in _slices)
            foreach (EndpointEntry entry in slice.Endpoints)
                if (entry.Address == address && (entry.HasHostname || !onlyHostnames)) return true;
        return false;
    }

    /// <summary>The labels of the endpoints that have the address.</summary>
    public IEnumerable<string> LabelsAt(AddressKey address, bool onlyHostnames) => _slices
        .SelectMany(slice => slice.Endpoints)
        .Where(entry => entry.Address == address && (entry.HasHostname || !onlyHostnames))
        .Select(entry => entry.LabelText)
        .Distinct();

    /// <summary>The service's own name.</summary>
    public OwnerNode Self() => _self ??= BuildSelf(_service.Headless ? Known.Groups : []);

    /// <summary>The name of an endpoint label below the service; null when there is none.</summary>
    public OwnerNode? Endpoint(ReadOnlySpan<byte> label)
    {
        Parts parts = Known;
        int low = 0, high = parts.Groups.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = label.SequenceCompareTo(parts.Groups[middle].Label);
            if (order == 0) return parts.GroupNodes[middle] ??= BuildEndpoint(parts.Groups[middle]);
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
        Parts parts = Known;
        for (int i = 0; i < parts.Ports.Length; i++)
        {
            if (port.SequenceEqual(parts.Ports[i].Name) && protocol.SequenceEqual(parts.Ports[i].Protocol))
                return parts.PortNodes[i] ??= BuildPort(parts.Ports[i].Port, parts.Groups);
        }

        return null;
    }

    /// <summary>True when a named port has this protocol, so that <c>_tcp</c> below the service is an empty non-terminal.</summary>
    public bool HasProtocol(ReadOnlySpan<byte> protocol)
    {
        foreach ((_, _, byte[] own) in Known.Ports)
            if (protocol.SequenceEqual(own)) return true;
        return false;
    }

    /// <summary>The name that a PTR record of an endpoint leads to.</summary>
    public DnsName EndpointName(string label) => Name.Child(Encoding.ASCII.GetBytes(label));

    private DnsName EndpointName(EndpointGroup group) => Name.Child(group.Label);

    /// <summary>
    /// Every name from the start of the range on, in canonical order, made anew and not kept: whoever lists a cluster would fill the
    /// memory.
    /// </summary>
    public IEnumerable<OwnerNode> MakeAll(RecordRange range)
    {
        Parts parts = _parts ?? new Parts(_service, _slices);
        if (!range.IsBefore(Name)) yield return BuildSelf(parts.Groups);
        Queue<(DnsName Name, PortObject Port)> ports = new(parts.Ports
            .Select(port => (Name: Name.Child(port.Protocol).Child(port.Name), port.Port))
            .Where(port => !range.IsBefore(port.Name))
            .OrderBy(port => port.Name, CanonicalNameOrder.Instance));
        foreach (EndpointGroup group in parts.Groups)
        {
            DnsName name = EndpointName(group);
            if (range.IsBefore(name)) continue;
            while (ports.TryPeek(out var port) && CanonicalNameOrder.Instance.Compare(port.Name, name) < 0)
                yield return BuildPort(ports.Dequeue().Port, parts.Groups);
            yield return BuildEndpoint(group);
        }

        while (ports.TryDequeue(out var port)) yield return BuildPort(port.Port, parts.Groups);
    }

    private static byte[] Label(string text) => Encoding.ASCII.GetBytes("_" + text.ToLowerInvariant());

    private List<RRset> SelfRRsets(EndpointGroup[] groups)
    {
        if (_service.ExternalName is { } target)
            return HasAddressForName ? [] : [new RRset(RecordType.CNAME, _ttl, [DnsName.Parse(target).Span.ToArray()])];

        IEnumerable<AddressKey> addresses = _service.Headless ? groups.SelectMany(group => group.Addresses).Distinct() : Addresses;
        List<RRset> rrsets = AddressRRsets(addresses);
        IEnumerable<Target> targets = _service.Headless
            ? groups.SelectMany(group => Targets(group, group.Ports))
            : _service.Ports.Select(port => new Target(port.Port, Name, Addresses));
        AddServices(rrsets, targets);
        return rrsets;
    }

    private OwnerNode BuildSelf(EndpointGroup[] groups) => new(Name, _source, SelfRRsets(groups));

    private OwnerNode BuildEndpoint(EndpointGroup group)
    {
        List<RRset> rrsets = AddressRRsets(group.Addresses);
        AddServices(rrsets, Targets(group, group.Ports));
        return new OwnerNode(EndpointName(group), _source, rrsets);
    }

    private OwnerNode BuildPort(PortObject port, EndpointGroup[] groups)
    {
        bool IsSame(PortObject other) => other.Name == port.Name && other.Protocol == port.Protocol;
        var rrsets = new List<RRset>();
        AddServices(rrsets, _service.Headless
            ? groups.SelectMany(group => Targets(group, group.Ports.Where(IsSame)))
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

    /// <summary>What lies below the service, made when it is first asked for.</summary>
    private sealed class Parts
    {
        public Parts(ServiceObject service, SliceEntry[] slices)
        {
            Groups = EndpointGroup.Of(slices);
            IEnumerable<PortObject> ports = service.Headless ? Groups.SelectMany(group => group.Ports).Distinct() : service.Ports;
            Ports = [.. ports
                .Where(port => port is { Name.Length: > 0, Port: > 0 })
                .DistinctBy(port => (port.Name, port.Protocol))
                .Select(port => (port, Label(port.Name), Label(port.Protocol)))];
            GroupNodes = new OwnerNode?[Groups.Length];
            PortNodes = new OwnerNode?[Ports.Length];
        }

        public EndpointGroup[] Groups { get; }

        public OwnerNode?[] GroupNodes { get; }

        public (PortObject Port, byte[] Name, byte[] Protocol)[] Ports { get; }

        public OwnerNode?[] PortNodes { get; }
    }

    /// <summary>What one SRV record leads to.</summary>
    private readonly record struct Target(int Port, DnsName Name, IReadOnlyList<AddressKey> Addresses);
}
