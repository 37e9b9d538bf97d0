using System.Collections.Concurrent;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Resolution.Listing;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Cluster;

/// <summary>Something that an address belongs to: a service, or (with a label) one of its endpoint names.</summary>
internal readonly record struct PointerTarget(ServiceNode Service, string? Label)
{
    public DnsName Name => Label is null ? Service.Name : Service.EndpointName(Label);
}

/// <summary>
/// Addresses and what they belong to. The look-up of an address takes no lock; writes come from the view's single writer. A cluster
/// address belongs to its services alone, whatever endpoints share it (CoreDNS's rule).
/// </summary>
internal sealed class ReverseIndex(string source, uint ttl, bool onlyHostnames)
{
    private readonly ConcurrentDictionary<AddressKey, Pointer> _pointers = new();
    private readonly OrderedKeys<AddressKey> _ordered = new(CanonicalAddressOrder.Instance);

    /// <summary>The PTR records of an address, or null.</summary>
    public OwnerNode? Find(AddressKey address) =>
        _pointers.TryGetValue(address, out Pointer? pointer) ? pointer.Node ??= Build(address, pointer) : null;

    /// <summary>The services that hold a cluster address.</summary>
    public IEnumerable<ServiceNode> ServicesAt(AddressKey address) =>
        TargetsAt(address).Where(target => target.Label is null).Select(target => target.Service);

    /// <summary>The services that the PTR records of an address lead to, or to an endpoint of which.</summary>
    public IEnumerable<ServiceNode> HoldersOf(AddressKey address) => TargetsAt(address).Select(target => target.Service).Distinct();

    /// <summary>True when an address of the range has a PTR record.</summary>
    public bool HasAny(AddressKey first, AddressKey last) => _ordered.HasAny(first, CanonicalAddressOrder.LastOf(first, last));

    /// <summary>
    /// The addresses from <paramref name="first"/> on in the canonical order of their names, IPv4 first, and what they belong to.
    /// </summary>
    public IEnumerable<(AddressKey Address, IReadOnlyList<PointerTarget> Targets)> From(AddressKey first) => _ordered.From(first)
        .Select(address => (address, (IReadOnlyList<PointerTarget>)TargetsAt(address)))
        .Where(pair => pair.Item2.Count > 0);

    /// <summary>
    /// The same as <see cref="Find"/>, not kept for the next question: whoever lists every address would fill the memory.
    /// </summary>
    public OwnerNode? Make(AddressKey address) =>
        _pointers.TryGetValue(address, out Pointer? pointer) ? Build(address, pointer) : null;

    /// <summary>
    /// Something about this address in the service's names has changed: what it belongs to is looked up anew when next asked for.
    /// </summary>
    /// <param name="holds">Whether the service holds the address now, as cluster address or by an endpoint that has a PTR.</param>
    public void Update(AddressKey address, ServiceSlot slot, bool holds)
    {
        ServiceSlot[] others = _pointers.TryGetValue(address, out Pointer? pointer) ? pointer.Without(slot) : [];
        if (holds) _pointers[address] = new Pointer(others.Length == 0 ? slot : (ServiceSlot[])[.. others, slot]);
        else if (others.Length > 0) _pointers[address] = new Pointer(others);
        else _pointers.TryRemove(address, out _);
        bool isThere = holds || others.Length > 0;
        if (isThere && pointer is null) _ordered.Add(address);
        else if (!isThere && pointer is not null) _ordered.Remove(address);
    }

    private PointerTarget[] TargetsAt(AddressKey address) =>
        _pointers.TryGetValue(address, out Pointer? pointer) ? [.. TargetsAt(address, pointer)] : [];

    private IEnumerable<PointerTarget> TargetsAt(AddressKey address, Pointer pointer)
    {
        foreach (ServiceSlot slot in pointer.Slots)
        {
            if (slot.Node is not { } service) continue;
            if (service.Addresses.Contains(address)) yield return new PointerTarget(service, null);
            foreach (string label in service.LabelsAt(address, onlyHostnames)) yield return new PointerTarget(service, label);
        }
    }

    private OwnerNode Build(AddressKey address, Pointer pointer)
    {
        PointerTarget[] targets = [.. TargetsAt(address, pointer)];
        bool isClusterAddress = Array.Exists(targets, target => target.Label is null);
        byte[][] names = [.. targets
            .Where(target => !isClusterAddress || target.Label is null)
            .Select(target => target.Name)
            .Distinct()
            .OrderBy(name => name.ToString(), StringComparer.Ordinal)
            .Select(name => name.Span.ToArray())];
        return new OwnerNode(ReverseName.Write(address), source, names.Length == 0 ? [] : [new RRset(RecordType.PTR, ttl, names)]);
    }

    /// <summary>Who holds an address: most often one service, which then stands here without an array around it.</summary>
    private sealed class Pointer(object holders)
    {
        /// <summary>Its PTR records, made when first asked for: most of a large cluster's never are.</summary>
        public OwnerNode? Node { get; set; }

        public ServiceSlot[] Slots => holders as ServiceSlot[] ?? [(ServiceSlot)holders];

        public ServiceSlot[] Without(ServiceSlot slot) => [.. Slots.Where(other => other != slot)];
    }
}
