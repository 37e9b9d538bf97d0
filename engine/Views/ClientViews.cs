using System.Collections.Concurrent;
using System.Net;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Views;

/// <summary>
/// The views of namespaces and pods: what the kubelet makes of a pod's resolv.conf and hosts file (Kubernetes: DNS for Services and
/// Pods). One that was made is found again without an allocation, until the pod or a file of the node changes.
/// </summary>
/// <param name="node">The node's files as they stand now.</param>
internal sealed class ClientViews(ViewSubjects subjects, ViewRules rules, Func<NodeFiles> node) : IClientViews
{
    /// <summary>The most views of pods that are kept: a walk through all of them must not fill the memory.</summary>
    private const int MaxPodViews = 4096;

    /// <summary>Only names of namespaces that exist come in here, so it stays as small as the cluster.</summary>
    private readonly ConcurrentDictionary<string, NamespaceView> _namespaces = new();

    private readonly ConcurrentDictionary<(string Namespace, string Name), PodView> _pods = new();
    private readonly ConcurrentDictionary<string, ViewUpstreams> _upstreams = new();

    public ViewVerdict TryNamespace(string name, out ClientView view)
    {
        view = ClientView.Absolute;
        ViewVerdict verdict = subjects.Judge(name);
        if (verdict != ViewVerdict.Found) return verdict;
        NodeFiles files = node();
        if (!_namespaces.TryGetValue(name, out NamespaceView? known) || !ReferenceEquals(known.Node, files))
            _namespaces[name] = known = new NamespaceView(files, Build(name, PodResolvConf.OfNamespace(name, rules, files)));
        view = known.View;
        return ViewVerdict.Found;
    }

    public ViewVerdict TryPod(string @namespace, string name, out ClientView view)
    {
        view = ClientView.Absolute;
        ViewVerdict verdict = subjects.TryFind(@namespace, name, out PodObject? pod);
        if (pod is null) return verdict;
        NodeFiles files = node();
        if (!_pods.TryGetValue((@namespace, name), out PodView? known) || !ReferenceEquals(known.Pod, pod)
            || !ReferenceEquals(known.Node, files))
        {
            if (_pods.Count >= MaxPodViews) _pods.Clear();
            _pods[(@namespace, name)] = known = new PodView(pod, files, Build(pod, files));
        }

        view = known.View;
        return ViewVerdict.Found;
    }

    public Task AwaitPodsAsync(CancellationToken cancellationToken) => subjects.AwaitPodsAsync(cancellationToken);

    private ClientView Build(PodObject pod, NodeFiles files)
    {
        PodResolvConf conf = PodResolvConf.Of(pod, rules, files);
        return Build(pod.Namespace, conf) with
        {
            HostAliases = NameTable.Build("hostAliases", rules.Ttl, PodHosts.Read(pod, rules, files), pointers: true),
            Upstreams = UpstreamsOf(conf, files),
        };
    }

    private static ClientView Build(string @namespace, PodResolvConf conf)
    {
        var searchList = new List<DnsName>();
        foreach (string search in conf.Searches)
            if (SuffixText.TryRead(search, out DnsName suffix)) searchList.Add(suffix);
        return new ClientView { Namespace = @namespace, Ndots = conf.Ndots(), SearchList = searchList };
    }

    /// <summary>
    /// A resolver asks its first server, and another only when that fails (resolv.conf(5)): so the first decides whether the cluster's
    /// DNS is asked. What a node's file names on a loopback address is the node's own, and nothing that could be asked from here: as
    /// where the file is not known, the servers of the forward rules stand for it.
    /// </summary>
    private ViewUpstreams? UpstreamsOf(PodResolvConf conf, NodeFiles files)
    {
        if (conf.LacksNode) return ViewUpstreams.OfRules;
        if (conf.Nameservers is [IPAddress first, ..] && first.Equals(rules.ClusterDns)) return null;
        IPAddress[] others = [.. conf.Nameservers.Where(server => !server.Equals(rules.ClusterDns))];
        IPAddress[] allowed = [.. others.Where(server => rules.MayAsk(server) || (OfNode(server) && !IPAddress.IsLoopback(server)))];
        if (allowed.Length > 0) return _upstreams.GetOrAdd(string.Join(' ', (object[])allowed), _ => new ViewUpstreams(allowed));
        return others.Any(OfNode) ? ViewUpstreams.OfRules : ViewUpstreams.Withheld;

        bool OfNode(IPAddress server) => files.ResolvConf?.Nameservers.Contains(server) == true;
    }

    private sealed record NamespaceView(NodeFiles Node, ClientView View);

    private sealed record PodView(PodObject Pod, NodeFiles Node, ClientView View);
}
