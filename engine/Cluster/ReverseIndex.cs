using System.Collections.Concurrent;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Resolution.Listing;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Cluster;

/// <summary>Something that an address belongs to: a service, or (with a group) one of its endpoint names.</summary>
internal readonly record struct PointerTarget(ServiceNode Service, EndpointGroup? Group)
{
    public DnsName Name => Group is null ? Service.Name : Service.EndpointName(Group);
}

/// <summary>
/// Addresses and what they belong to. The look-up of an address takes no lock; writes come from the view's single writer. A cluster
/// address belongs to its services alone, whatever endpoints share it (CoreDNS's rule).
/// </summary>
internal sealed class ReverseIndex(string source, uint ttl)
{
    private readonly ConcurrentDictionary<AddressKey, Pointer> _pointers = new();
    private readonly OrderedKeys<AddressKey> _ordered = new(CanonicalAddressOrder.Instance);

    /// <summary>The PTR records of an address, or null.</summary>
    public OwnerNode? Find(AddressKey address) =>
        _pointers.TryGetValue(address, out Pointer? pointer) ? pointer.Node(address, source, ttl) : null;

    /// <summary>The services that hold a cluster address.</summary>
    public IEnumerable<ServiceNode> ServicesAt(AddressKey address) =>
        _pointers.TryGetValue(address, out Pointer? pointer)
            ? pointer.Targets.Where(target => target.Group is null).Select(target => target.Service)
            : [];

    /// <summary>True when an address of the range has a PTR record.</summary>
    public bool HasAny(AddressKey first, AddressKey last) => _ordered.HasAny(first, CanonicalAddressOrder.LastOf(first, last));

    /// <summary>The addresses from <paramref name="first"/> on in the canonical order of their names, IPv4 first, and what they belong to.</summary>
    public IEnumerable<(AddressKey Address, IReadOnlyList<PointerTarget> Targets)> From(AddressKey first) => _ordered.From(first)
        .Select(address => (address, (IReadOnlyList<PointerTarget>)TargetsAt(address)))
        .Where(pair => pair.Item2.Count > 0);

    /// <summary>The same as <see cref="Find"/>, not kept for the next question: whoever lists every address would fill the memory.</summary>
    public OwnerNode? Make(AddressKey address) =>
        _pointers.TryGetValue(address, out Pointer? pointer) ? pointer.Build(address, source, ttl) : null;

    public void Add(AddressKey address, PointerTarget target) =>
        Set(address, [.. TargetsAt(address), target]);

    public void Remove(AddressKey address, PointerTarget target) =>
        Set(address, [.. TargetsAt(address).Where(other => other != target)]);

    private PointerTarget[] TargetsAt(AddressKey address) =>
        _pointers.TryGetValue(address, out Pointer? pointer) ? pointer.Targets : [];

    private void Set(AddressKey address, PointerTarget[] targets)
    {
        if (targets.Length > 0) _pointers[address] = new Pointer(targets);
        else _pointers.TryRemove(address, out _);
        if (targets.Length > 0) _ordered.Add(address);
        else _ordered.Remove(address);
    }

    /// <summary>What one address belongs to; its PTR records are made when first asked for.</summary>
    private sealed class Pointer(PointerTarget[] targets)
    {
        private OwnerNode? _node;

        public PointerTarget[] Targets => targets;

        public OwnerNode Node(AddressKey address, string source, uint ttl) => _node ??= Build(address, source, ttl);

        public OwnerNode Build(AddressKey address, string source, uint ttl)
        {
            bool isClusterAddress = Array.Exists(targets, target => target.Group is null);
            byte[][] names = [.. targets
                .Where(target => !isClusterAddress || target.Group is null)
                .Select(target => target.Name)
                .Distinct()
                .OrderBy(name => name.ToString(), StringComparer.Ordinal)
                .Select(name => name.Span.ToArray())];
            return new OwnerNode(ReverseName.Write(address), source, [new RRset(RecordType.PTR, ttl, names)]);
        }
    }
}
