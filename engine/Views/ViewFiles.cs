using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Engine.Views;

/// <summary>A file that the kubelet gives a pod, or why there is none.</summary>
/// <param name="Verdict">Whether the namespace, or its pod, was found.</param>
/// <param name="Text">The file.</param>
public sealed record ViewFile(ViewVerdict Verdict, string Text)
{
    /// <summary>A sentence, where the namespace or pod was found and has no such file; null otherwise.</summary>
    public string? Missing { get; init; }

    /// <summary>Of what was not found: the names that may have been meant.</summary>
    public IReadOnlyList<string> Near { get; init; } = [];
}

/// <summary>
/// The files and variables that the kubelet gives the pods of a namespace, and one pod: as it makes them, in one fixed layout.
/// </summary>
public sealed class ViewFiles
{
    private const string NodeUnknown = "and none is configured";

    private readonly ClusterView? _cluster;
    private readonly ViewSubjects _subjects;
    private readonly ViewRules _rules;
    private readonly Func<NodeFiles> _node;

    internal ViewFiles(ClusterView? cluster, ViewSubjects subjects, ViewRules rules, Func<NodeFiles> node)
    {
        _cluster = cluster;
        _subjects = subjects;
        _rules = rules;
        _node = node;
    }

    /// <summary>Waits a moment for pods that are being read; who looks for the first pod has them read.</summary>
    public Task AwaitPodsAsync(CancellationToken cancellationToken) => _subjects.AwaitPodsAsync(cancellationToken);

    /// <summary>The resolv.conf of a pod of the namespace with the usual settings.</summary>
    public ViewFile ResolvConf(string @namespace) =>
        Of(@namespace, () => Found(PodResolvConf.OfNamespace(@namespace, _rules, _node()).Write()));

    /// <summary>The resolv.conf of a pod.</summary>
    public ViewFile ResolvConf(string @namespace, string pod) => Of(@namespace, pod, found =>
    {
        PodResolvConf conf = PodResolvConf.Of(found, _rules, _node());
        return conf.LacksNode
            ? Missing($"The pod has its node's resolv.conf, {NodeUnknown}: Kubernetes:NodeResolvConf")
            : Found(conf.Write());
    });

    /// <summary>The hosts file of a pod.</summary>
    public ViewFile Hosts(string @namespace, string pod) => Of(@namespace, pod, found =>
    {
        if (PodHosts.Refusal(found, _rules) is { } refusal) return Missing(refusal);
        return PodHosts.Write(found, _rules, _node()) is { } text
            ? Found(text)
            : Missing($"The pod is in its node's network and has its hosts file, {NodeUnknown}: Kubernetes:NodeHosts");
    });

    /// <summary>The variables of the services that a container of the namespace has when it starts now.</summary>
    /// <param name="export">For a shell.</param>
    public ViewFile Variables(string @namespace, bool export) =>
        Of(@namespace, () => Variables(_cluster!.ServicesIn(@namespace), null, export));

    /// <summary>The variables of the services that a container of the pod has.</summary>
    /// <param name="container">Null for the first.</param>
    /// <param name="export">For a shell.</param>
    public ViewFile Variables(string @namespace, string pod, string? container, bool export) => Of(@namespace, pod, found =>
    {
        ContainerObject? chosen = found.Containers.FirstOrDefault(item => container is null || item.Name == container);
        if (chosen is null && container is not null)
            return Missing(
                $"The pod has no container '{container}'; it has {string.Join(", ", found.Containers.Select(item => item.Name))}");
        IReadOnlyList<ServiceObject> services = found.ServiceLinks ? _cluster!.ServicesIn(@namespace) : [];
        return Variables(services, chosen?.StartedAt ?? found.StartedAt, export);
    });

    /// <summary>Where not every service is known yet, some of the variables would pass for all.</summary>
    private ViewFile Variables(IReadOnlyList<ServiceObject> services, DateTimeOffset? startedAt, bool export)
    {
        if (!_cluster!.Synced) return new ViewFile(ViewVerdict.NotSynced, "");
        IReadOnlyDictionary<string, string> variables = ServiceVariables.Of(
            services, _cluster.FindService("default", "kubernetes"), startedAt);
        return Found(export ? VariableText.WriteExports(variables) : VariableText.Write(variables));
    }

    private ViewFile Of(string @namespace, Func<ViewFile> write)
    {
        ViewVerdict verdict = _subjects.Judge(@namespace);
        return verdict == ViewVerdict.Found ? write() : NotFound(verdict, @namespace, null);
    }

    private ViewFile Of(string @namespace, string pod, Func<PodObject, ViewFile> write)
    {
        ViewVerdict verdict = _subjects.TryFind(@namespace, pod, out PodObject? found);
        return found is not null ? write(found) : NotFound(verdict, @namespace, pod);
    }

    private ViewFile NotFound(ViewVerdict verdict, string @namespace, string? pod) => new(verdict, "")
    {
        Near = verdict switch
        {
            ViewVerdict.Unknown => _subjects.Near(@namespace, null),
            ViewVerdict.UnknownPod => _subjects.Near(@namespace, pod),
            _ => [],
        },
    };

    private static ViewFile Found(string text) => new(ViewVerdict.Found, text);

    private static ViewFile Missing(string sentence) => new(ViewVerdict.Found, "") { Missing = $"{sentence}." };
}
