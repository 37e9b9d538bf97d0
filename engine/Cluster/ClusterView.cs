using System.Collections.Concurrent;
using System.Text;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Resolution.Listing;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Cluster;

/// <summary>
/// The cluster's names, read without a lock and changed one service at a time. The objects are kept, so that a service and its
/// slices may come and go in any order.
/// </summary>
internal sealed class ClusterView
{
    private readonly ConcurrentDictionary<DnsName, ServiceNode> _services = new(DnsNameComparer.Instance);
    private readonly ConcurrentDictionary<DnsName, ServiceNode>.AlternateLookup<ReadOnlySpan<byte>> _servicesByBytes;
    private readonly ConcurrentDictionary<DnsName, NamespaceObject> _namespaces = new(DnsNameComparer.Instance);
    private readonly ConcurrentDictionary<DnsName, NamespaceObject>.AlternateLookup<ReadOnlySpan<byte>> _namespacesByBytes;
    private readonly ConcurrentDictionary<AddressKey, PodObject[]> _podsByAddress = new();
    private readonly Dictionary<string, NamespaceState> _states = [];
    private readonly Dictionary<(string Namespace, string Name), PodObject> _pods = [];
    private readonly Lock _writing = new();
    private readonly TimeProvider _time;
    private volatile Zones _zones;
    private volatile bool _synced;

    public ClusterView(ClusterRules rules, TimeProvider time, string source)
    {
        Rules = rules;
        Source = source;
        _time = time;
        _servicesByBytes = _services.GetAlternateLookup<ReadOnlySpan<byte>>();
        _namespacesByBytes = _namespaces.GetAlternateLookup<ReadOnlySpan<byte>>();
        Reverse = new ReverseIndex(source, rules.Ttl);
        _zones = new Zones(this, Now());
    }

    public ClusterRules Rules { get; }

    /// <summary>The name of the source that answers from this view.</summary>
    public string Source { get; }

    public ReverseIndex Reverse { get; }

    /// <summary>The names of the services that have names, in canonical order.</summary>
    public OrderedKeys<DnsName> ServiceNames { get; } = new(CanonicalNameOrder.Instance);

    /// <summary>The answers of the cluster zone and of the two reverse zones, of the serial of the last change.</summary>
    public Zones CurrentZones => _zones;

    /// <summary>True once every kind of object has been read whole; before that an unknown name may exist.</summary>
    public bool Synced => _synced;

    /// <summary>Services that have names, of all namespaces that are shown.</summary>
    public int ServiceCount => _services.Count;

    /// <summary>Namespaces that are shown.</summary>
    public int NamespaceCount => _namespaces.Count;

    /// <param name="name"><c>service.namespace.svc.zone</c> in wire form.</param>
    public bool TryGetService(ReadOnlySpan<byte> name, out ServiceNode? service) => _servicesByBytes.TryGetValue(name, out service);

    public bool HasNamespace(ReadOnlySpan<byte> label)
    {
        Span<byte> name = stackalloc byte[WireName.MaxLength];
        return WireName.TryPrepend(label, WireName.Root, name, out int length) && _namespacesByBytes.ContainsKey(name[..length]);
    }

    /// <summary>True when a live pod of the namespace has the address.</summary>
    public bool HasPod(ReadOnlySpan<byte> @namespace, AddressKey address)
    {
        if (!_podsByAddress.TryGetValue(address, out PodObject[]? pods)) return false;
        foreach (PodObject pod in pods)
            if (Ascii.Equals(@namespace, pod.Namespace)) return true;
        return false;
    }

    /// <summary>The addresses of every live pod, in no order.</summary>
    public IEnumerable<(string Namespace, string Pod, AddressKey Address)> PodAddresses() =>
        _podsByAddress.SelectMany(pair => pair.Value.Select(pod => (pod.Namespace, pod.Name, pair.Key)));

    /// <summary>Puts a whole reading in the place of all that was known: what went is removed, what stayed never blinks.</summary>
    public void Replace(ClusterObjects objects, bool synced = true)
    {
        lock (_writing)
        {
            HashSet<string> namespaces = [.. objects.Namespaces.Select(item => item.Name)];
            HashSet<(string, string)> services = [.. objects.Services.Select(item => (item.Namespace, item.Name))];
            HashSet<(string, string)> slices = [.. objects.EndpointSlices.Select(item => (item.Namespace, item.Name))];
            HashSet<(string, string)> pods = [.. objects.Pods.Select(item => (item.Namespace, item.Name))];
            foreach (NamespaceObject item in objects.Namespaces) Set(item);
            foreach (EndpointSliceObject item in objects.EndpointSlices) Set(item);
            foreach (ServiceObject item in objects.Services) Set(item);
            foreach (PodObject item in objects.Pods) Set(item);
            foreach ((string @namespace, NamespaceState state) in _states.ToList())
            {
                foreach (string gone in state.Services.Keys.Where(name => !services.Contains((@namespace, name))).ToList())
                    RemoveService(@namespace, gone);
                foreach (string gone in state.Slices.Keys.Where(name => !slices.Contains((@namespace, name))).ToList())
                    RemoveSlice(@namespace, gone);
            }

            foreach ((string @namespace, string name) in _pods.Keys.Where(key => !pods.Contains(key)).ToList()) RemovePod(@namespace, name);
            foreach (string gone in _states.Keys.Where(name => !namespaces.Contains(name)).ToList()) RemoveNamespace(gone);
            _synced |= synced;
        }
    }

    public void Set(NamespaceObject item) => Change(item.Name, state => state.Namespace = item);

    public void RemoveNamespace(string name) => Change(name, state => state.Namespace = null);

    public void Set(ServiceObject item) => Change(item.Namespace, state => state.Services[item.Name] = item, item.Name);

    public void RemoveService(string @namespace, string name) => Change(@namespace, state => state.Services.Remove(name), name);

    public void Set(EndpointSliceObject item)
    {
        lock (_writing)
        {
            NamespaceState state = StateOf(item.Namespace);
            string? before = state.Slices.GetValueOrDefault(item.Name)?.ServiceName;
            state.PutSlice(item);
            if (before is not null && before != item.ServiceName) Refresh(item.Namespace, state, before);
            if (item.ServiceName is not null) Refresh(item.Namespace, state, item.ServiceName);
        }
    }

    public void RemoveSlice(string @namespace, string name)
    {
        lock (_writing)
        {
            NamespaceState state = StateOf(@namespace);
            if (state.TakeSlice(name) is { ServiceName: { } service }) Refresh(@namespace, state, service);
            if (state.IsEmpty) _states.Remove(@namespace);
        }
    }

    public void Set(PodObject item)
    {
        lock (_writing)
        {
            RemovePod(item.Namespace, item.Name);
            _pods[(item.Namespace, item.Name)] = item;
            if (!item.Live) return;
            foreach (AddressKey address in item.IPs.Where(AddressKey.IsAddress).Select(AddressKey.Of))
                _podsByAddress[address] = [.. _podsByAddress.GetValueOrDefault(address, []), item];
        }
    }

    public void RemovePod(string @namespace, string name)
    {
        lock (_writing)
        {
            if (!_pods.Remove((@namespace, name), out PodObject? gone)) return;
            foreach (AddressKey address in gone.IPs.Where(AddressKey.IsAddress).Select(AddressKey.Of))
            {
                PodObject[] left = [.. _podsByAddress.GetValueOrDefault(address, []).Where(pod => pod != gone)];
                if (left.Length > 0) _podsByAddress[address] = left;
                else _podsByAddress.TryRemove(address, out _);
            }
        }
    }

    /// <summary>A pod by its name, or null.</summary>
    public PodObject? FindPod(string @namespace, string name)
    {
        lock (_writing) return _pods.GetValueOrDefault((@namespace, name));
    }

    /// <summary>The first service by name outside the namespaces that every cluster has; null where there is none.</summary>
    public (string Namespace, string Service)? FindExample()
    {
        lock (_writing)
        {
            return _states
                .Where(state => state.Key != "default" && !state.Key.StartsWith("kube-", StringComparison.Ordinal))
                .SelectMany(state => state.Value.Services.Values)
                .Where(service => _services.ContainsKey(Rules.ServiceName(service.Namespace, service.Name)))
                .OrderBy(service => (service.Namespace, service.Name))
                .Select(service => ((string, string)?)(service.Namespace, service.Name))
                .FirstOrDefault();
        }
    }

    /// <summary>Changes a namespace's objects, then makes the names anew of one service or, without one, of all.</summary>
    private void Change(string @namespace, Action<NamespaceState> change, string? service = null)
    {
        lock (_writing)
        {
            NamespaceState state = StateOf(@namespace);
            bool wasShown = state.Namespace is { } before && Rules.Shows(before);
            change(state);
            bool isShown = state.Namespace is { } after && Rules.Shows(after);
            DnsName label = DnsName.Root.Child(Encoding.ASCII.GetBytes(@namespace));
            if (isShown) _namespaces[label] = state.Namespace!;
            else _namespaces.TryRemove(label, out _);
            if (service is not null) Refresh(@namespace, state, service);
            else if (wasShown != isShown)
                foreach (string name in state.Services.Keys) Refresh(@namespace, state, name);
            if (state.IsEmpty) _states.Remove(@namespace);
        }
    }

    private NamespaceState StateOf(string @namespace)
    {
        if (!_states.TryGetValue(@namespace, out NamespaceState? state)) _states[@namespace] = state = new NamespaceState();
        return state;
    }

    /// <summary>Swaps the names of one service, and the pointers of its addresses.</summary>
    private void Refresh(string @namespace, NamespaceState state, string service)
    {
        DnsName name = Rules.ServiceName(@namespace, service);
        bool isShown = state.Namespace is { } item && Rules.Shows(item);
        ServiceNode? next = isShown && state.Services.TryGetValue(service, out ServiceObject? found) && Rules.Shows(found)
            ? ServiceNode.Build(name, Source, Rules, found, state.SlicesOf(service))
            : null;
        _services.TryGetValue(name, out ServiceNode? previous);
        if (next is null && previous is null) return;

        if (next is not null)
        {
            _services[name] = next;
            if (previous is null) ServiceNames.Add(name);
            foreach ((AddressKey address, PointerTarget target) in PointersOf(next)) Reverse.Add(address, target);
        }
        else
        {
            _services.TryRemove(name, out _);
            ServiceNames.Remove(name);
        }

        if (previous is not null)
            foreach ((AddressKey address, PointerTarget target) in PointersOf(previous)) Reverse.Remove(address, target);
        uint now = Now();
        if (now != _zones.Cluster.Serial) _zones = new Zones(this, now);
    }

    private IEnumerable<(AddressKey Address, PointerTarget Target)> PointersOf(ServiceNode service)
    {
        foreach (AddressKey address in service.Addresses) yield return (address, new PointerTarget(service, null));
        bool onlyHostnames = Rules.Pointers == EndpointPointers.HostnameOnly;
        foreach (EndpointGroup group in service.Groups)
            foreach (AddressKey address in onlyHostnames ? group.HostnameAddresses : group.Addresses)
                yield return (address, new PointerTarget(service, group));
    }

    private uint Now() => (uint)_time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>The answers of the three zones, of one serial.</summary>
    public sealed class Zones(ClusterView view, uint serial)
    {
        public ZoneAnswers Cluster { get; } = new(view.Source, view.Rules.Zone, view.Rules.Ttl, serial);

        public ZoneAnswers ReverseV4 { get; } = new(view.Source, ReverseName.V4Zone, view.Rules.Ttl, serial);

        public ZoneAnswers ReverseV6 { get; } = new(view.Source, ReverseName.V6Zone, view.Rules.Ttl, serial);
    }

    /// <summary>The objects of one namespace.</summary>
    private sealed class NamespaceState
    {
        private readonly Dictionary<string, SortedDictionary<string, EndpointSliceObject>> _slicesByService = [];

        public NamespaceObject? Namespace { get; set; }

        public Dictionary<string, ServiceObject> Services { get; } = [];

        public Dictionary<string, EndpointSliceObject> Slices { get; } = [];

        public bool IsEmpty => Namespace is null && Services.Count == 0 && Slices.Count == 0;

        public IEnumerable<EndpointSliceObject> SlicesOf(string service) =>
            _slicesByService.TryGetValue(service, out SortedDictionary<string, EndpointSliceObject>? slices) ? slices.Values : [];

        public void PutSlice(EndpointSliceObject slice)
        {
            TakeSlice(slice.Name);
            Slices[slice.Name] = slice;
            if (slice.ServiceName is null) return;
            if (!_slicesByService.TryGetValue(slice.ServiceName, out SortedDictionary<string, EndpointSliceObject>? slices))
                _slicesByService[slice.ServiceName] = slices = new SortedDictionary<string, EndpointSliceObject>(StringComparer.Ordinal);
            slices[slice.Name] = slice;
        }

        public EndpointSliceObject? TakeSlice(string name)
        {
            if (!Slices.Remove(name, out EndpointSliceObject? slice)) return null;
            if (slice.ServiceName is not { } service || !_slicesByService.TryGetValue(service, out var slices)) return slice;
            slices.Remove(name);
            if (slices.Count == 0) _slicesByService.Remove(service);
            return slice;
        }
    }
}
