using System.Collections.Concurrent;
using System.Text;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Resolution.Listing;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Cluster;

/// <summary>
/// The cluster's names, read without a lock and changed one service at a time by the ledger, which keeps the objects.
/// </summary>
internal sealed class ClusterView
{
    private readonly ConcurrentDictionary<DnsName, ServiceNode> _services = new(DnsNameComparer.Instance);
    private readonly ConcurrentDictionary<DnsName, ServiceNode>.AlternateLookup<ReadOnlySpan<byte>> _servicesByBytes;
    private readonly ConcurrentDictionary<DnsName, bool> _namespaces = new(DnsNameComparer.Instance);
    private readonly ConcurrentDictionary<DnsName, bool>.AlternateLookup<ReadOnlySpan<byte>> _namespacesByBytes;
    private readonly ConcurrentDictionary<AddressKey, PodObject[]> _podsByAddress = new();
    private readonly ClusterLedger _ledger;
    private readonly TaskCompletionSource _firstSync = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider _time;
    private readonly ClusterMeter? _meter;
    private volatile Zones _zones;
    private volatile bool _synced;

    /// <param name="meter">Takes down how long changes took until they were served; null where nobody counts.</param>
    public ClusterView(ClusterRules rules, TimeProvider time, string source, ClusterMeter? meter = null)
    {
        _meter = meter;
        Rules = rules;
        Source = source;
        _time = time;
        _servicesByBytes = _services.GetAlternateLookup<ReadOnlySpan<byte>>();
        _namespacesByBytes = _namespaces.GetAlternateLookup<ReadOnlySpan<byte>>();
        Reverse = new ReverseIndex(source, rules.Ttl, rules.Pointers == EndpointPointers.HostnameOnly);
        _ledger = new ClusterLedger(this);
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

    /// <summary>Ends when that becomes true.</summary>
    public Task FirstSync => _firstSync.Task;

    /// <summary>Whether the pods are known.</summary>
    public PodReading Pods { get; } = new();

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

    /// <summary>The live pods that have an address.</summary>
    public IReadOnlyList<PodObject> PodsAt(AddressKey address) => _podsByAddress.GetValueOrDefault(address, []);

    /// <summary>The names of the services that have names, in no order and without the cost of one.</summary>
    public IEnumerable<DnsName> UnorderedServiceNames => _services.Select(service => service.Key);

    /// <summary>The addresses of every live pod, in no order.</summary>
    public IEnumerable<(string Namespace, string Pod, AddressKey Address)> PodAddresses() =>
        _podsByAddress.SelectMany(pair => pair.Value.Select(pod => (pod.Namespace, pod.Name, pair.Key)));

    /// <summary>Puts a whole reading in the place of all that was known: what went is removed, what stayed never blinks.</summary>
    public void Replace(ClusterObjects objects, bool synced = true)
    {
        _ledger.Replace(objects);
        if (!synced) return;
        Pods.SetKnown();
        SetSynced();
    }

    /// <summary>Kinds of objects that <see cref="Apply"/> will get whole lists of; the view is synced when all of them came.</summary>
    public void Await(IEnumerable<KubernetesKind> kinds) => _ledger.Await(kinds);

    /// <summary>Takes in one change; of the names, only those that it makes others of are touched.</summary>
    public void Apply(ObjectChange change) => _ledger.Apply(change);

    /// <summary>Objects of the kind that are there, hidden ones too.</summary>
    public int CountOf(KubernetesKind kind) => _ledger.CountOf(kind);

    /// <summary>A pod by its name, or null.</summary>
    public PodObject? FindPod(string @namespace, string name) => _ledger.FindPod(@namespace, name);

    /// <summary>What the objects say of a service, one without names too; null where there is none, or it is hidden.</summary>
    public ServiceFacts? FactsOf(string @namespace, string service) => _ledger.FactsOf(@namespace, service);

    /// <summary>The namespaces that are shown and have a service of the name, sorted.</summary>
    public IReadOnlyList<string> NamespacesWith(string service) => _ledger.NamespacesWith(service);

    /// <summary>The names of a namespace's pods, in no order.</summary>
    public IEnumerable<string> PodNamesIn(string @namespace) => _ledger.PodNamesIn(@namespace);

    /// <summary>The names of the namespaces that are shown, in no order.</summary>
    public IEnumerable<string> NamespaceNames() => _namespaces.Keys.Select(label => label.ToString().TrimEnd('.'));

    /// <summary>The services of a namespace that are seen, in no order.</summary>
    public IReadOnlyList<ServiceObject> ServicesIn(string @namespace) => _ledger.ServicesIn(@namespace);

    /// <summary>A service by its name, whether its namespace is seen or not; null where it is not known.</summary>
    public ServiceObject? FindService(string @namespace, string name) => _ledger.FindService(@namespace, name);

    /// <summary>The first service by name outside the namespaces that every cluster has; null where there is none.</summary>
    public (string Namespace, string Service)? FindExample() => _ledger.FindExample();

    /// <summary>For the ledger: from now on what is not here does not exist.</summary>
    public void SetSynced()
    {
        _synced = true;
        _firstSync.TrySetResult();
    }

    /// <summary>For the ledger: a namespace is there for those who ask, or no longer.</summary>
    public void Show(DnsName label, bool isShown)
    {
        if (isShown) _namespaces[label] = true;
        else _namespaces.TryRemove(label, out _);
        Renew();
    }

    /// <summary>For the ledger: swaps the names of one service, and the pointers of those addresses that changed.</summary>
    public void Swap(ServiceSlot slot, ServiceNode? next)
    {
        ServiceNode? previous = slot.Node;
        if (next is null && previous is null) return;
        slot.Node = next;
        if (next is not null) _services[slot.Name] = next;
        else _services.TryRemove(slot.Name, out _);
        if (previous is null) ServiceNames.Add(slot.Name);
        if (next is null) ServiceNames.Remove(slot.Name);
        bool onlyHostnames = Rules.Pointers == EndpointPointers.HostnameOnly;
        foreach (AddressKey address in ServiceNode.AddressesThatDiffer(previous, next))
            Reverse.Update(address, slot, next is not null && next.Holds(address, onlyHostnames));
        Renew();
    }

    /// <summary>For the ledger: at an address, one pod in the place of another; null for none.</summary>
    public void SwapPod(AddressKey address, PodObject? before, PodObject? after)
    {
        IEnumerable<PodObject> others = _podsByAddress.GetValueOrDefault(address, []).Where(pod => !ReferenceEquals(pod, before));
        PodObject[] pods = after is null ? [.. others] : [.. others, after];
        if (pods.Length > 0) _podsByAddress[address] = pods;
        else _podsByAddress.TryRemove(address, out _);
    }

    /// <summary>For the ledger: what happened to a service's endpoints at that time is served from now on.</summary>
    public void NoteServed(ServiceObject? service, DateTimeOffset happenedAt)
    {
        if (Synced && service is not null) _meter?.Served(service.Headless, _time.GetUtcNow() - happenedAt);
    }

    /// <summary>The serial tells of the second of the last change that can be seen.</summary>
    private void Renew()
    {
        uint now = Now();
        if (now != _zones.Cluster.Serial) _zones = new Zones(this, now);
    }

    private uint Now() => (uint)_time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>The answers of the three zones, of one serial.</summary>
    public sealed class Zones(ClusterView view, uint serial)
    {
        public ZoneAnswers Cluster { get; } = new(view.Source, view.Rules.Zone, view.Rules.Ttl, serial);

        public ZoneAnswers ReverseV4 { get; } = new(view.Source, ReverseName.V4Zone, view.Rules.Ttl, serial);

        public ZoneAnswers ReverseV6 { get; } = new(view.Source, ReverseName.V6Zone, view.Rules.Ttl, serial);
    }
}
