namespace KubeDoH.Engine.Kubernetes;

/// <summary>
/// Puts the objects of several files together: of two of the same kind, namespace and name the later wins and is reported,
/// and a namespace in which something lives exists even when no file holds its Namespace object.
/// </summary>
internal sealed class SnapshotMerge
{
    public static readonly SnapshotReading Nothing = new(new ClusterObjects(), [], [], Synced: false);

    private readonly Dictionary<(KubernetesKind Kind, string Namespace, string Name), (KubernetesObject Object, string File)> _objects = [];
    private readonly List<SnapshotProblem> _problems = [];
    private readonly List<SnapshotFile> _files = [];
    private bool _synced = true;

    public void Report(SnapshotProblem problem) => _problems.Add(problem);

    /// <summary>A file of which nothing could ever be read.</summary>
    public void AddUnread(string path)
    {
        _synced = false;
        _files.Add(new SnapshotFile(path, null, Kept: false, 0, 0, 0, 0));
    }

    /// <summary>The content of the next file.</summary>
    public void Add(string file, DateTimeOffset lastWrite, bool kept, SnapshotContent content)
    {
        _problems.AddRange(content.Problems);
        int[] counts = new int[Enum.GetValues<KubernetesKind>().Length];
        foreach (KubernetesObject item in content.Objects)
        {
            counts[(int)item.Kind]++;
            var key = (item.Kind, item.Namespace, item.Name);
            if (_objects.TryGetValue(key, out (KubernetesObject Object, string File) first))
                Report(new SnapshotProblem(file, item.Line, item.ToString(), $"replaces the one at {first.File}:{first.Object.Line}"));
            _objects[key] = (item, file);
        }
        _files.Add(new SnapshotFile(file, lastWrite, kept, counts[0], counts[1], counts[2], counts[3]));
    }

    public SnapshotReading ToReading()
    {
        List<NamespaceObject> namespaces = Of<NamespaceObject>();
        HashSet<string> known = [.. namespaces.Select(item => item.Name)];
        foreach ((KubernetesKind Kind, string Namespace, string Name) key in _objects.Keys)
        {
            if (key.Kind != KubernetesKind.Namespace && known.Add(key.Namespace))
                namespaces.Add(new NamespaceObject { Name = key.Namespace });
        }
        var cluster = new ClusterObjects
        {
            Namespaces = namespaces,
            Services = Of<ServiceObject>(),
            EndpointSlices = Of<EndpointSliceObject>(),
            Pods = Of<PodObject>(),
        };
        return new SnapshotReading(cluster, _problems, _files, _synced);
    }

    private List<T> Of<T>() => [.. _objects.Values.Select(item => item.Object.Value).OfType<T>()];
}
