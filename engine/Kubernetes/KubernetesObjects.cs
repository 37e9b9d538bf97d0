using System.Net;

namespace KubeDoH.Engine.Kubernetes;

/// <summary>A Namespace, trimmed to what names need.</summary>
public sealed record NamespaceObject
{
    public required string Name { get; init; }

    /// <summary>Its labels: <c>Kubernetes:NamespaceLabels</c> selects by them.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = NoLabels.Instance;
}

/// <summary>A port of a Service or of an EndpointSlice.</summary>
/// <param name="Name">Its name in lower case, "" when it has none (then it has no SRV record).</param>
/// <param name="Port">1 to 65535; 0 when a slice leaves it out ("all ports").</param>
/// <param name="Protocol">TCP, UDP or SCTP, upper case; TCP when the object leaves it out.</param>
public sealed record PortObject(string Name, int Port, string Protocol);

/// <summary>A Service (core/v1), trimmed. Names are lower case.</summary>
public sealed record ServiceObject
{
    public required string Namespace { get; init; }
    public required string Name { get; init; }
    public IReadOnlyDictionary<string, string> Labels { get; init; } = NoLabels.Instance;

    /// <summary>ClusterIP, NodePort, LoadBalancer or ExternalName, as <c>spec.type</c> has it (ClusterIP when left out).</summary>
    public string Type { get; init; } = "ClusterIP";

    /// <summary><c>spec.clusterIPs</c>, or <c>spec.clusterIP</c> alone; empty for a headless or an ExternalName service.</summary>
    public IReadOnlyList<IPAddress> ClusterIPs { get; init; } = [];

    /// <summary>True when <c>spec.clusterIP</c> is "None".</summary>
    public bool Headless { get; init; }

    /// <summary><c>spec.externalName</c> of an ExternalName service, as written; null otherwise.</summary>
    public string? ExternalName { get; init; }

    public IReadOnlyList<PortObject> Ports { get; init; } = [];
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Whether both are the same service with the same content, labels apart.</summary>
    public bool SaysTheSame(ServiceObject other) =>
        Namespace == other.Namespace && Name == other.Name && Type == other.Type && Headless == other.Headless
        && ExternalName == other.ExternalName && CreatedAt == other.CreatedAt
        && ClusterIPs.SequenceEqual(other.ClusterIPs) && Ports.SequenceEqual(other.Ports);
}

/// <summary>One endpoint of a slice.</summary>
public sealed record EndpointObject
{
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary><c>hostname</c> in lower case, or null.</summary>
    public string? Hostname { get; init; }

    /// <summary><c>conditions.ready</c>; an absent one means ready (discovery.k8s.io/v1).</summary>
    public bool Ready { get; init; } = true;

    /// <summary><c>conditions.terminating</c>: its pod is on its way out.</summary>
    public bool Terminating { get; init; }

    /// <summary>The name of the Pod that <c>targetRef</c> points to, or null.</summary>
    public string? PodName { get; init; }
}

/// <summary>An EndpointSlice (discovery.k8s.io/v1), trimmed.</summary>
public sealed record EndpointSliceObject
{
    public required string Namespace { get; init; }
    public required string Name { get; init; }

    /// <summary>The label <c>kubernetes.io/service-name</c>: the service this slice belongs to; null when it has none.</summary>
    public string? ServiceName { get; init; }

    public IReadOnlyList<PortObject> Ports { get; init; } = [];
    public IReadOnlyList<EndpointObject> Endpoints { get; init; } = [];

    /// <summary>When the change happened that it tells of, as the controller that wrote it noted; null where it did not.</summary>
    public DateTimeOffset? TriggeredAt { get; init; }
}

/// <summary>One <c>hostAliases</c> item of a pod: a line of its /etc/hosts.</summary>
public sealed record HostAliasObject(IPAddress Address, IReadOnlyList<string> Hostnames);

/// <summary><c>spec.dnsConfig</c> of a pod: what it adds to, or under policy None puts into, its resolv.conf.</summary>
/// <param name="Nameservers">Addresses.</param>
/// <param name="Searches">Suffixes as written.</param>
/// <param name="Options">Such as "ndots:2" and "edns0", the way resolv.conf(5) has them.</param>
public sealed record PodDnsObject(
    IReadOnlyList<IPAddress> Nameservers, IReadOnlyList<string> Searches, IReadOnlyList<string> Options)
{
    public bool SaysTheSame(PodDnsObject other) =>
        Nameservers.SequenceEqual(other.Nameservers) && Searches.SequenceEqual(other.Searches) && Options.SequenceEqual(other.Options);
}

/// <summary>A Pod, trimmed.</summary>
public sealed record PodObject
{
    public required string Namespace { get; init; }
    public required string Name { get; init; }

    /// <summary><c>status.podIPs</c>, or <c>status.podIP</c> alone; empty while it has none.</summary>
    public IReadOnlyList<IPAddress> IPs { get; init; } = [];

    public IReadOnlyList<HostAliasObject> HostAliases { get; init; } = [];

    /// <summary>ClusterFirst, ClusterFirstWithHostNet, Default or None (ClusterFirst when left out).</summary>
    public string DnsPolicy { get; init; } = "ClusterFirst";

    public PodDnsObject? DnsConfig { get; init; }

    /// <summary>True when the pod shares its node's network: with policy ClusterFirst it then has the node's resolv.conf.</summary>
    public bool HostNetwork { get; init; }

    /// <summary><c>spec.hostname</c> in lower case; null when the pod is called by its name.</summary>
    public string? Hostname { get; init; }

    /// <summary>
    /// <c>spec.hostnameOverride</c> in lower case: the pod calls itself so, and has no domain then; null where it is not set.
    /// </summary>
    public string? HostnameOverride { get; init; }

    /// <summary><c>spec.subdomain</c> in lower case, or null.</summary>
    public string? Subdomain { get; init; }

    /// <summary>True when the pod's hostname has its domain behind it (<c>spec.setHostnameAsFQDN</c>).</summary>
    public bool SetHostnameAsFqdn { get; init; }

    /// <summary>False when <c>spec.enableServiceLinks</c> says so: no variables of the services then.</summary>
    public bool ServiceLinks { get; init; } = true;

    /// <summary>Why it is not ready, in a few words of the API's (<c>CrashLoopBackOff</c>); null when it is, or nothing says why.</summary>
    public string? NotReady { get; init; }

    /// <summary>False once the pod has run to its end (phase Succeeded or Failed): it has no records then.</summary>
    public bool Live { get; init; } = true;

    /// <summary>When the pod was started, else when it was made; null when the object says neither.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>In the order of its spec.</summary>
    public IReadOnlyList<ContainerObject> Containers { get; init; } = [];

    /// <summary>Whether both are the same pod with the same content. Most changes of a pod are of what is not kept.</summary>
    public bool SaysTheSame(PodObject other) =>
        Namespace == other.Namespace && Name == other.Name && DnsPolicy == other.DnsPolicy && HostNetwork == other.HostNetwork
        && Hostname == other.Hostname && HostnameOverride == other.HostnameOverride && Subdomain == other.Subdomain
        && SetHostnameAsFqdn == other.SetHostnameAsFqdn && ServiceLinks == other.ServiceLinks && Live == other.Live
        && StartedAt == other.StartedAt && IPs.SequenceEqual(other.IPs) && Containers.SequenceEqual(other.Containers)
        && (DnsConfig is null ? other.DnsConfig is null : other.DnsConfig is { } dns && DnsConfig.SaysTheSame(dns))
        && HostAliases.Count == other.HostAliases.Count
        && HostAliases.Zip(other.HostAliases).All(pair => pair.First.Address.Equals(pair.Second.Address)
            && pair.First.Hostnames.SequenceEqual(pair.Second.Hostnames));
}

/// <summary>A container of a pod.</summary>
/// <param name="StartedAt">When it was started last; null when it was not.</param>
public sealed record ContainerObject(string Name, DateTimeOffset? StartedAt);

/// <summary>Everything that one reading of the snapshot files gave.</summary>
public sealed record ClusterObjects
{
    public IReadOnlyList<NamespaceObject> Namespaces { get; init; } = [];
    public IReadOnlyList<ServiceObject> Services { get; init; } = [];
    public IReadOnlyList<EndpointSliceObject> EndpointSlices { get; init; } = [];
    public IReadOnlyList<PodObject> Pods { get; init; } = [];
}

internal static class NoLabels
{
    public static readonly IReadOnlyDictionary<string, string> Instance =
        System.Collections.Frozen.FrozenDictionary<string, string>.Empty;
}
