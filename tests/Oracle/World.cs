using System.Net;
using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Tests.Oracle;

/// <summary>Everything that an answer depends on, besides the question. Names have no trailing dot, record texts do.</summary>
internal sealed record World
{
    public static readonly IReadOnlyList<string> DefaultOrder = ["hostAliases", "entries", "hosts", "cluster", "special", "forward"];

    public int Seed { get; init; }
    public IReadOnlyList<string> Order { get; init; } = DefaultOrder;

    public string Zone { get; init; } = "cluster.local";
    public int Ttl { get; init; } = 30;
    public bool Synced { get; init; } = true;

    /// <summary><c>insecure</c>, <c>verified</c> or <c>disabled</c>.</summary>
    public string Pods { get; init; } = "insecure";

    /// <summary><c>all</c> or <c>hostnameOnly</c>.</summary>
    public string Ptr { get; init; } = "all";

    public bool EndpointPodNames { get; init; }
    public bool NoEndpoints { get; init; }
    public bool IgnoreEmptyService { get; init; }
    public IReadOnlyList<string> Fallthrough { get; init; } = ["in-addr.arpa", "ip6.arpa"];

    /// <summary>The exposed namespaces; empty for all.</summary>
    public IReadOnlyList<string> ExposedNamespaces { get; init; } = [];

    /// <summary>A selector over service labels (<c>k=v,k!=v,k</c>); empty for all.</summary>
    public string Labels { get; init; } = "";

    /// <summary>The same over namespace labels.</summary>
    public string NamespaceLabels { get; init; } = "";

    public IPAddress ClusterDns { get; init; } = IPAddress.Parse("10.96.0.10");

    public IReadOnlyList<NamespaceObject> Namespaces { get; init; } = [];
    public IReadOnlyList<ServiceObject> Services { get; init; } = [];
    public IReadOnlyList<EndpointSliceObject> EndpointSlices { get; init; } = [];
    public IReadOnlyList<PodObject> PodList { get; init; } = [];

    public IReadOnlyList<HostsLine> Hosts { get; init; } = [];
    public IReadOnlyList<CustomEntry> Entries { get; init; } = [];

    /// <summary>Null: no upstream is configured.</summary>
    public UpstreamWorld? Upstream { get; init; }

    public IReadOnlyList<OracleView> Views { get; init; } = [];
}

/// <summary>A line of a hosts file: the first name is the canonical one.</summary>
internal sealed record HostsLine(IPAddress Address, IReadOnlyList<string> Names);

/// <summary>An RRset that an operator wrote.</summary>
internal sealed record CustomEntry(string Name, string Type, int Ttl, IReadOnlyList<string> Records)
{
    /// <summary>The namespaces whose views see it; empty: everybody.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>Types that the name does not have here are asked further down.</summary>
    public bool PassThrough { get; init; }

    /// <summary>An A or AAAA entry whose addresses point back to the name.</summary>
    public bool AutoPtr { get; init; }

    public bool Equals(CustomEntry? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => HashCode.Combine(Name, Type, Ttl);
}

/// <summary>
/// What the upstream knows. It answers a CNAME question by question: the tail of an alias is asked for separately, or sent along.
/// </summary>
internal sealed record UpstreamWorld(
    IReadOnlyList<UpstreamZone> Zones, IReadOnlyList<UpstreamSet> Sets, IReadOnlyList<string> Failing);

/// <summary>A zone of the upstream: its SOA goes with every negative answer. The root is always one of them (name "").</summary>
internal sealed record UpstreamZone(string Name, int SoaTtl, string SoaData);

/// <summary>An RRset of the upstream.</summary>
internal sealed record UpstreamSet(string Name, string Type, int Ttl, IReadOnlyList<string> Records);
