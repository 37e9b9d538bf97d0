using System.Collections.Concurrent;
using System.Text;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Views;

/// <summary>
/// The views of namespaces: what the kubelet writes into the resolv.conf of a pod with dnsPolicy ClusterFirst
/// (Kubernetes: DNS for Services and Pods) — <c>search ns.svc.zone svc.zone zone</c>, then the node's domains, <c>ndots:5</c>.
/// </summary>
/// <param name="view">Null when no cluster is configured.</param>
/// <param name="zone">The cluster domain.</param>
/// <param name="nodeDomains">The search domains of the node.</param>
internal sealed class NamespaceViews(ClusterView? view, DnsName zone, IReadOnlyList<DnsName> nodeDomains) : IClientViews
{
    /// <summary>What the kubelet sets.</summary>
    private const int Ndots = 5;

    /// <summary>Only names of namespaces that exist come in here, so it stays as small as the cluster.</summary>
    private readonly ConcurrentDictionary<string, ClientView> _views = new();

    public ViewVerdict TryNamespace(string name, out ClientView found)
    {
        found = ClientView.Absolute;
        if (view is null) return ViewVerdict.Unknown;
        bool isLabel = name.Length is > 0 and <= WireName.MaxLabel && Ascii.IsValid(name) && !name.Contains('.', StringComparison.Ordinal);
        if (!isLabel || !view.HasNamespace(Encoding.ASCII.GetBytes(name))) return view.Synced ? ViewVerdict.Unknown : ViewVerdict.NotSynced;
        found = _views.GetOrAdd(name, Build);
        return ViewVerdict.Found;
    }

    private ClientView Build(string name)
    {
        DnsName services = zone.Child("svc"u8);
        return new ClientView
        {
            Namespace = name,
            Ndots = Ndots,
            SearchList = [services.Child(Encoding.ASCII.GetBytes(name)), services, zone, .. nodeDomains],
        };
    }
}
