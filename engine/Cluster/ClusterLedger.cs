using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Engine.Cluster;

/// <summary>
/// The cluster's objects as they are, for one writer at a time: services, slices and namespaces may come and go in any order, and
/// the view is told of those names alone that a change makes others of. What is put again as it is changes nothing.
/// </summary>
internal sealed class ClusterLedger
{
    private readonly ClusterView _view;
    private readonly ServiceLedger _services;
    private readonly PodLedger _pods;
    private readonly HashSet<KubernetesKind> _awaited = [];
    private readonly Lock _writing = new();
    private int _replaced;

    public ClusterLedger(ClusterView view)
    {
        _view = view;
        _services = new ServiceLedger(view, _awaited);
        _pods = new PodLedger(view);
    }

    /// <summary>Objects of the kind that are there, hidden ones too.</summary>
    public int CountOf(KubernetesKind kind) => kind == KubernetesKind.Pod ? _pods.Count : _services.CountOf(kind);

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
    public PodObject? FindPod(string @namespace, string name) => _pods.Find(@namespace, name);

    public IEnumerable<string> PodNamesIn(string @namespace) => _pods.NamesIn(@namespace);

    public ServiceFacts? FactsOf(string @namespace, string service)
    {
        lock (_writing) return ServiceFacts.Of(_services.Find(@namespace), service);
    }

    public IReadOnlyList<string> NamespacesWith(string service)
    {
        lock (_writing) return _services.NamespacesWith(service);
    }

    public IReadOnlyList<ServiceObject> ServicesIn(string @namespace)
    {
        lock (_writing) return _services.Find(@namespace)?.ShownServices() ?? [];
    }

    public ServiceObject? FindService(string @namespace, string name)
    {
        lock (_writing) return _services.Find(@namespace)?.Services.GetValueOrDefault(name)?.Object;
    }

    /// <summary>The first service by name outside the namespaces that every cluster has; null where there is none.</summary>
    public (string Namespace, string Service)? FindExample()
    {
        lock (_writing) return _services.FindExample();
    }

    private void Put(object value, int generation)
    {
        switch (value)
        {
            case NamespaceObject item: _services.Put(item, generation); break;
            case ServiceObject item: _services.Put(item, generation); break;
            case EndpointSliceObject item: _services.Put(item, generation); break;
            case PodObject item: _pods.Put(item, generation); break;
        }
    }

    private void Remove(KubernetesKind kind, string @namespace, string name)
    {
        if (kind == KubernetesKind.Pod) _pods.Remove(@namespace, name);
        else _services.Remove(kind, @namespace, name);
    }

    private void Sweep(KubernetesKind kind, int generation)
    {
        if (kind == KubernetesKind.Pod) _pods.Sweep(generation);
        else _services.Sweep(kind, generation);
    }

    /// <summary>Removes what the list that just ended did not have, and lets the view know when it was the last to come.</summary>
    private void EndList(KubernetesKind kind, int generation)
    {
        Sweep(kind, generation);
        if (kind == KubernetesKind.Pod) _view.Pods.SetKnown();
        if (!_awaited.Remove(kind)) return;
        _services.ReconsiderAll(kind);
        if (_awaited.Count == 0) _view.SetSynced();
    }
}
