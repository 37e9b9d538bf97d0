using System.Text;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Cluster;

/// <summary>
/// The namespaces, services and slices as they are, in whatever order they come and go: changed, and looked at, under the lock of the
/// ledger that they belong to. The view is told of those names alone that a change makes others of.
/// </summary>
/// <param name="awaited">Kinds whose first list has not come yet.</param>
internal sealed class ServiceLedger(ClusterView view, IReadOnlySet<KubernetesKind> awaited)
{
    private const int MaxShared = 4096;

    private readonly Dictionary<string, NamespaceState> _states = [];
    private readonly Dictionary<PortObject, PortObject> _ports = [];
    private readonly int[] _counts = new int[Enum.GetValues<KubernetesKind>().Length];

    /// <summary>Objects of the kind that are there, hidden ones too; from any thread.</summary>
    public int CountOf(KubernetesKind kind) => Volatile.Read(ref _counts[(int)kind]);

    public NamespaceState? Find(string @namespace) => _states.GetValueOrDefault(@namespace);

    public IReadOnlyList<string> NamespacesWith(string service) =>
    [
        .. _states.Values
            .Where(state => ServiceFacts.Of(state, service) is not null)
            .Select(state => state.Name)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The first service by name outside the namespaces that every cluster has; null where there is none.</summary>
    public (string Namespace, string Service)? FindExample() => _states.Values
        .Where(state => state.Name != "default" && !state.Name.StartsWith("kube-", StringComparison.Ordinal))
        .SelectMany(state => state.Services.Values.Where(slot => slot.Node is not null).Select(slot => (state.Name, slot.Service)))
        .Order()
        .Select(found => ((string, string)?)found)
        .FirstOrDefault();

    public void Put(NamespaceObject item, int generation)
    {
        NamespaceState state = StateOf(item.Name);
        if (state.Object is null) _counts[(int)KubernetesKind.Namespace]++;
        state.Object = item;
        state.Generation = generation;
        Reconsider(state);
    }

    public void Put(ServiceObject item, int generation)
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

    public void Put(EndpointSliceObject item, int generation)
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

    public void Remove(KubernetesKind kind, string @namespace, string name)
    {
        if (!_states.TryGetValue(kind == KubernetesKind.Namespace ? name : @namespace, out NamespaceState? state)) return;
        if (kind == KubernetesKind.Namespace) RemoveNamespace(state);
        else if (kind == KubernetesKind.Service) RemoveService(state, name);
        else RemoveSlice(state, name);
    }

    /// <summary>Removes what was last seen before the list of the number.</summary>
    public void Sweep(KubernetesKind kind, int generation)
    {
        foreach (NamespaceState state in _states.Values.ToList())
        {
            if (kind == KubernetesKind.Namespace && state.Generation != generation) RemoveNamespace(state);
            if (kind == KubernetesKind.Service)
                foreach (ServiceSlot slot in state.Services.Values.Where(slot => slot.Generation != generation).ToList())
                    RemoveService(state, slot.Service);
            if (kind == KubernetesKind.EndpointSlice)
                foreach (SliceEntry slice in state.Slices.Values.Where(slice => slice.Generation != generation).ToList())
                    RemoveSlice(state, slice.Name);
        }
    }

    /// <summary>Looks again at what hung on a kind that is awaited no more.</summary>
    public void ReconsiderAll(KubernetesKind kind)
    {
        foreach (NamespaceState state in _states.Values.ToList())
        {
            Reconsider(state);
            if (kind == KubernetesKind.EndpointSlice)
                foreach (ServiceSlot slot in state.Services.Values) Refresh(state, slot);
        }
    }

    private void RemoveNamespace(NamespaceState state)
    {
        if (state.Object is null) return;
        _counts[(int)KubernetesKind.Namespace]--;
        state.Object = null;
        Reconsider(state);
        Tidy(state);
    }

    private void RemoveService(NamespaceState state, string name)
    {
        if (!state.Services.TryGetValue(name, out ServiceSlot? slot) || slot.Object is null) return;
        _counts[(int)KubernetesKind.Service]--;
        slot.Object = null;
        Refresh(state, slot);
        Tidy(state, slot);
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

    /// <summary>
    /// Whether the namespace is seen. Until the namespaces have been listed, which may never be allowed, one in which a service
    /// lives is there, unless labels would have to say so.
    /// </summary>
    private void Reconsider(NamespaceState state)
    {
        bool isShown = state.Object is { } item
            ? view.Rules.Shows(item)
            : awaited.Contains(KubernetesKind.Namespace) && view.Rules.ShowsUnread(state.Name)
                && state.Services.Values.Any(slot => slot.Object is not null);
        if (isShown == state.IsShown) return;
        state.IsShown = isShown;
        view.Show(DnsName.Root.Child(Encoding.ASCII.GetBytes(state.Name)), isShown);
        foreach (ServiceSlot slot in state.Services.Values) Refresh(state, slot);
    }

    /// <summary>Makes the names of one service anew. Endpoints of which only some may be known are as good as none.</summary>
    private void Refresh(NamespaceState state, ServiceSlot slot)
    {
        SliceEntry[] slices = awaited.Contains(KubernetesKind.EndpointSlice) ? [] : slot.Slices;
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
