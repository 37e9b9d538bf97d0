using System.Collections.Concurrent;
using System.Net;
using System.Text;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Views;

/// <summary>
/// The views of namespaces and pods: what the kubelet makes of a pod's resolv.conf and hosts file (Kubernetes: DNS for Services and
/// Pods). One that was made is found again without an allocation, until the pod or a file of the node changes.
/// </summary>
/// <param name="cluster">Null when no cluster is configured.</param>
/// <param name="node">The node's files as they stand now.</param>
internal sealed class ClientViews(ClusterView? cluster, ViewRules rules, Func<NodeFiles> node) : IClientViews
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
        ViewVerdict verdict = Judge(name);
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
        ViewVerdict verdict = TryFind(@namespace, name, out PodObject? pod);
        if (pod is null) return verdict;
        NodeFiles files = node();
        if (!_pods.TryGetValue((@namespace, name), out PodView? known) || !ReferenceEquals(known.Pod, pod) || !ReferenceEquals(known.Node, files))
        {
            if (_pods.Count >= MaxPodViews) _pods.Clear();
            _pods[(@namespace, name)] = known = new PodView(pod, files, Build(pod, files));
        }

        view = known.View;
        return ViewVerdict.Found;
    }

    private ViewVerdict Judge(string @namespace)
    {
        if (cluster is null) return ViewVerdict.Unknown;
        bool isLabel = @namespace.Length is > 0 and <= WireName.MaxLabel && Ascii.IsValid(@namespace)
            && !@namespace.Contains('.', StringComparison.Ordinal);
        Span<byte> label = stackalloc byte[WireName.MaxLabel];
        if (isLabel && cluster.HasNamespace(label[..Encoding.ASCII.GetBytes(@namespace, label)])) return ViewVerdict.Found;
        return cluster.Synced ? ViewVerdict.Unknown : ViewVerdict.NotSynced;
    }

    private ViewVerdict TryFind(string @namespace, string name, out PodObject? pod)
    {
        pod = null;
        ViewVerdict verdict = Judge(@namespace);
        if (verdict != ViewVerdict.Found) return verdict;
        pod = cluster!.FindPod(@namespace, name);
        if (pod is not null) return ViewVerdict.Found;
        return cluster.PodsSynced ? ViewVerdict.UnknownPod : ViewVerdict.PodsUnread;
    }

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
    /// DNS is asked. What a node's file names on a loopback address is the node's own, and nothing that could be asked from here.
    /// </summary>
    private ViewUpstreams? UpstreamsOf(PodResolvConf conf, NodeFiles files)
    {
        if (conf.LacksNode) return ViewUpstreams.OfRules;
        if (conf.Nameservers.FirstOrDefault() is { } first && first.Equals(rules.ClusterDns)) return null;
        IPAddress[] allowed = [.. conf.Nameservers.Where(server => !server.Equals(rules.ClusterDns)).Where(server => rules.MayAsk(server)
            || (files.ResolvConf?.Nameservers.Contains(server) == true && !IPAddress.IsLoopback(server)))];
        return allowed.Length == 0
            ? ViewUpstreams.Withheld
            : _upstreams.GetOrAdd(string.Join(' ', (object[])allowed), _ => new ViewUpstreams(allowed));
    }

    private sealed record NamespaceView(NodeFiles Node, ClientView View);

    private sealed record PodView(PodObject Pod, NodeFiles Node, ClientView View);
}
