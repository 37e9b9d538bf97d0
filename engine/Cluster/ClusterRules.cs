using System.Net;
using System.Text;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Cluster;

/// <summary>The section <c>Kubernetes</c> of the options as the cluster source reads it: names in wire form, selectors parsed.</summary>
internal sealed class ClusterRules
{
    private readonly HashSet<string> _namespaces;
    private readonly LabelSelector _serviceLabels;
    private readonly LabelSelector _namespaceLabels;

    /// <exception cref="ArgumentException">A value that the configuration should have refused.</exception>
    public ClusterRules(KubernetesOptions options)
    {
        Zone = DnsName.Parse(options.Zone);
        Ttl = (uint)options.Ttl;
        Pods = options.Pods;
        Fallthrough = [.. options.Fallthrough.Select(DnsName.Parse)];
        EndpointPodNames = options.EndpointPodNames;
        NoEndpoints = options.NoEndpoints;
        IgnoreEmptyService = options.IgnoreEmptyService;
        Pointers = options.Ptr;
        ClusterDns = IPAddress.TryParse(options.ClusterDns, out IPAddress? address) ? AddressKey.Of(address) : null;
        _namespaces = [.. options.Namespaces];
        _serviceLabels = Selector(options.Labels);
        _namespaceLabels = Selector(options.NamespaceLabels);
    }

    public DnsName Zone { get; }

    public uint Ttl { get; }

    public PodRecords Pods { get; }

    /// <summary>Read with every denial: an array is walked without an enumerator.</summary>
    public DnsName[] Fallthrough { get; }

    public bool EndpointPodNames { get; }

    public bool NoEndpoints { get; }

    public bool IgnoreEmptyService { get; }

    public EndpointPointers Pointers { get; }

    /// <summary>The address that pods have as nameserver; the service that holds it is the zone's NS.</summary>
    public AddressKey? ClusterDns { get; }

    /// <summary>A hidden namespace does not exist, and neither does what lives in it.</summary>
    public bool Shows(NamespaceObject item) =>
        (_namespaces.Count == 0 || _namespaces.Contains(item.Name)) && _namespaceLabels.Selects(item.Labels);

    /// <summary>Whether a namespace is seen of which only the name is known: never where labels choose.</summary>
    public bool ShowsUnread(string name) =>
        (_namespaces.Count == 0 || _namespaces.Contains(name)) && !_namespaceLabels.HasRequirements;

    public bool Shows(ServiceObject service) => _serviceLabels.Selects(service.Labels);

    /// <summary>The name of a service: <c>service.namespace.svc.zone</c>.</summary>
    public DnsName ServiceName(string @namespace, string service) =>
        Zone.Child("svc"u8).Child(Encoding.ASCII.GetBytes(@namespace)).Child(Encoding.ASCII.GetBytes(service));

    private static LabelSelector Selector(string? text) =>
        LabelSelector.TryParse(text, out LabelSelector selector, out string? error) ? selector : throw new ArgumentException(error);
}
