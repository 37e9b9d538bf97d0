using System.Text;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Cluster;

/// <summary>
/// The cluster's objects as they are, for one writer at a time: services, slices and namespaces may come and go in any order, and
/// the view is told of those names alone that a change makes others of. What is put again as it is changes nothing.
/// </summary>
internal sealed class ClusterLedger(ClusterView view)
{
    private const int MaxShared = 4096;

    private readonly Dictionary<string, NamespaceState> _states = [];
    private readonly Dictionary<PortObject, PortObject> _ports = [];
    private readonly HashSet<KubernetesKind> _awaited = [];
    private readonly int[] _counts = new int[Enum.GetValues<KubernetesKind>().Length];
    private readonly Lock _writing = new();
    private int _replaced;

    /// <summary>The pods, which only change together with the rest.</summary>
    private PodLedger Pods { get; } = new(view);

    /// <summary>Objects of the kind that are there, hidden ones too.</summary>
    public int CountOf(KubernetesKind kind) => kind == KubernetesKind.Pod ? Pods.Count : Volatile.Read(ref _counts[(int)kind]);

    /// <summary>Kinds whose first list has to come before the view is synced, and before endpoints are answered for.</summary>
    public void Await(IEnumerable<KubernetesKind> kinds)
    {
        lock (_writing) _awaited.UnionWith(kinds);
    }

    public void Apply(ObjectChange change)
    {
        lock (_writing)
        {
            switch (change)
            {
                case ObjectChange.Put { Object.Value: { } value } put: Put(value, put.Generation); break;
                case ObjectChange.Put put: Remove(put.Object.Kind, put.Object.Namespace, put.Object.Name); break;
                case ObjectChange.Gone gone: Remove(gone.Kind, gone.Namespace, gone.Name); break;
                case ObjectChange.Listed listed: EndList(listed.Kind, listed.Generation); break;
            }
        }
    }

    /// <summary>Puts a whole reading in the place of all that was known: what went is removed, what stayed never blinks.</summary>
    public void Replace(ClusterObjects objects)
    {
        lock (_writing)
        {
            int generation = ++_replaced;
            IEnumerable<object> all = [.. objects.Namespaces, .. objects.EndpointSlices, .. objects.Services, .. objects.Pods];
            foreach (object item in all) Put(item, generation);
            foreach (KubernetesKind kind in Enum.GetValues<KubernetesKind>()) Sweep(kind, generation);
        }
    }

    /// <summary>Takes no lock.</summary>
    public PodObject? FindPod(string @namespace, string name) => Pods.Find(@namespace, name);

    public ServiceFacts? FactsOf(string @namespace, string service)
    {
        lock (_writing) return ServiceFacts.Of(_states.GetValueOrDefault(@namespace), service);
    }

    public IReadOnlyList<string> NamespacesWith(string service)
    {
        lock (_writing)
        {
            return [.. _states.Values.Where(state => ServiceFacts.Of(state, service) is not null).Select(state => state.Name).Order(StringComparer.Ordinal)];
        }
    }

    public IEnumerable<string> PodNamesIn(string @namespace) => Pods.NamesIn(@namespace);

    public IReadOnlyList<ServiceObject> ServicesIn(string @namespace)
    {
        lock (_writing)
        {
            return _states.TryGetValue(@namespace, out NamespaceState? state)
                ? [.. state.Services.Values.Where(slot => slot.IsShown).Select(slot => slot.Object).OfType<ServiceObject>()]
                : [];
        }
    }

    public ServiceObject? FindService(string @namespace, string name)
    {
        lock (_writing) return _states.GetValueOrDefault(@namespace)?.Services.GetValueOrDefault(name)?.Object;
    }

    /// <summary>The first service by name outside the namespaces that every cluster has; null where there is none.</summary>
    public (string Namespace, string Service)? FindExample()
    {
        lock (_writing)
        {
            return _states
                .Where(state => state.Key != "default" && !state.Key.StartsWith("kube-", StringComparison.Ordinal))
                .SelectMany(state => state.Value.Services.Values.Where(slot => slot.Node is not null).Select(slot => (state.Key, slot.Service)))
                .Order()
                .Select(found => ((string, string)?)found)
                .FirstOrDefault();
        }
    }

    private void Put(object value, int generation)
    {
        switch (value)
        {
            case NamespaceObject item: Put(item, generation); break;
            case ServiceObject item: Put(item, generation); break;
            case EndpointSliceObject item: Put(item, generation); break;
            case PodObject item: Pods.Put(item, generation); break;
        }
    }

    private void Remove(KubernetesKind kind, string @namespace, string name)
    {
        if (kind == KubernetesKind.Pod) Pods.Remove(@namespace, name);
        else if (!_states.TryGetValue(kind == KubernetesKind.Namespace ? name : @namespace, out NamespaceState? state)) return;
        else if (kind == KubernetesKind.Namespace) RemoveNamespace(state);
        else if (kind == KubernetesKind.Service) RemoveService(state, name);
        else RemoveSlice(state, name);
    }

    private void Put(NamespaceObject item, int generation)
    {
        NamespaceState state = StateOf(item.Name);
        if (state.Object is null) _counts[(int)KubernetesKind.Namespace]++;
        state.Object = item;
        state.Generation = generation;
        Reconsider(state);
    }

    private void RemoveNamespace(NamespaceState state)
    {
        if (state.Object is null) return;
        _counts[(int)KubernetesKind.Namespace]--;
        state.Object = null;
        Reconsider(state);
        Tidy(state);
    }

    private void Put(ServiceObject item, int generation)
    {
        NamespaceState state = StateOf(item.Namespace);
        ServiceSlot slot = SlotOf(state, item.Name);
        bool isShown = view.Rules.Shows(item);
        bool same = slot.Object is { } before && slot.IsShown == isShown && before.SaysTheSame(item);
        slot.Generation = generation;
        if (same) return;
        if (slot.Object is null) _counts[(int)KubernetesKind.Service]++;
        slot.IsShown = isShown;
        slot.Object = item with
        {
            Namespace = state.Name, Name = slot.Service, Labels = NoLabels.Instance, Ports = [.. item.Ports.Select(Share)],
        };
        if (!state.IsShown) Reconsider(state);
        Refresh(state, slot);
    }

    private void RemoveService(NamespaceState state, string name)
    {
        if (!state.Services.TryGetValue(name, out ServiceSlot? slot) || slot.Object is null) return;
        _counts[(int)KubernetesKind.Service]--;
        slot.Object = null;
        Refresh(state, slot);
        Tidy(state, slot);
    }

    private void Put(EndpointSliceObject item, int generation)
    {
        NamespaceState state = StateOf(item.Namespace);
        SliceEntry next = SliceEntry.Of(item, view.Rules.EndpointPodNames, Share);
        SliceEntry? before = state.Slices.GetValueOrDefault(item.Name);
        if (before is not null && before.SaysTheSame(next))
        {
            before.Generation = generation;
            before.Unready = next.Unready;
            return;
        }

        next.Generation = generation;
        if (before is null) _counts[(int)KubernetesKind.EndpointSlice]++;
        state.Slices[item.Name] = next;
        if (before is { Service.Length: > 0 } && before.Service != next.Service) Detach(state, before);
        if (next.Service.Length == 0) return;
        ServiceSlot slot = SlotOf(state, next.Service);
        slot.Put(next);
        Refresh(state, slot);
        if (next.TriggeredAt is { } trigger && trigger != before?.TriggeredAt) view.NoteServed(slot.Object, trigger);
    }

    private void RemoveSlice(NamespaceState state, string name)
    {
        if (!state.Slices.Remove(name, out SliceEntry? gone)) return;
        _counts[(int)KubernetesKind.EndpointSlice]--;
        if (gone.Service.Length > 0) Detach(state, gone);
        Tidy(state);
    }

    private void Detach(NamespaceState state, SliceEntry slice)
    {
        ServiceSlot slot = state.Services[slice.Service];
        slot.Take(slice.Name);
        Refresh(state, slot);
        Tidy(state, slot);
    }

    /// <summary>Removes what the list that just ended did not have, and lets the view know when it was the last to come.</summary>
    private void EndList(KubernetesKind kind, int generation)
    {
        Sweep(kind, generation);
        if (kind == KubernetesKind.Pod) view.Pods.SetKnown();
        if (!_awaited.Remove(kind)) return;
        foreach (NamespaceState state in _states.Values.ToList())
        {
            Reconsider(state);
            if (kind == KubernetesKind.EndpointSlice)
                foreach (ServiceSlot slot in state.Services.Values) Refresh(state, slot);
        }

        if (_awaited.Count == 0) view.SetSynced();
    }

    private void Sweep(KubernetesKind kind, int generation)
    {
        if (kind == KubernetesKind.Pod) Pods.Sweep(generation);
        foreach (NamespaceState state in _states.Values.ToList())
        {
            if (kind == KubernetesKind.Namespace && state.Generation != generation) RemoveNamespace(state);
            if (kind == KubernetesKind.Service)
                foreach (ServiceSlot slot in state.Services.Values.Where(slot => slot.Generation != generation).ToList()) RemoveService(state, slot.Service);
            if (kind == KubernetesKind.EndpointSlice)
                foreach (SliceEntry slice in state.Slices.Values.Where(slice => slice.Generation != generation).ToList()) RemoveSlice(state, slice.Name);
        }
    }

    /// <summary>
    /// Whether the namespace is seen. Until the namespaces have been listed, which may never be allowed, one in which a service
    /// lives is there, unless labels would have to say so.
    /// </summary>
    private void Reconsider(NamespaceState state)
    {
        bool isShown = state.Object is { } item
            ? view.Rules.Shows(item)
            : _awaited.Contains(KubernetesKind.Namespace) && view.Rules.ShowsUnread(state.Name)
                && state.Services.Values.Any(slot => slot.Object is not null);
        if (isShown == state.IsShown) return;
        state.IsShown = isShown;
        view.Show(DnsName.Root.Child(Encoding.ASCII.GetBytes(state.Name)), isShown);
        foreach (ServiceSlot slot in state.Services.Values) Refresh(state, slot);
    }

    /// <summary>Makes the names of one service anew. Endpoints of which only some may be known are as good as none.</summary>
    private void Refresh(NamespaceState state, ServiceSlot slot)
    {
        SliceEntry[] slices = _awaited.Contains(KubernetesKind.EndpointSlice) ? [] : slot.Slices;
        view.Swap(slot, state.IsShown && slot is { IsShown: true, Object: { } service }
            ? ServiceNode.Build(slot.Name, view.Source, view.Rules, service, slices)
            : null);
    }

    private NamespaceState StateOf(string @namespace)
    {
        if (!_states.TryGetValue(@namespace, out NamespaceState? state)) _states[@namespace] = state = new NamespaceState(@namespace);
        return state;
    }

    private ServiceSlot SlotOf(NamespaceState state, string service)
    {
        if (!state.Services.TryGetValue(service, out ServiceSlot? slot))
            state.Services[service] = slot = new ServiceSlot(service, view.Rules.ServiceName(state.Name, service));
        return slot;
    }

    private void Tidy(NamespaceState state, ServiceSlot slot)
    {
        if (slot.IsEmpty) state.Services.Remove(slot.Service);
        Tidy(state);
    }

    private void Tidy(NamespaceState state)
    {
        if (state.Object is null && state.IsShown) Reconsider(state);
        if (state.IsEmpty) _states.Remove(state.Name);
    }

    /// <summary>The same few ports come in every service: one object each.</summary>
    private PortObject Share(PortObject port)
    {
        if (_ports.TryGetValue(port, out PortObject? known)) return known;
        if (_ports.Count < MaxShared) _ports[port] = port;
        return port;
    }
}
