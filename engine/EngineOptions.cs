namespace KubeDoH.Engine;

/// <summary>Where the cluster's objects come from (<c>Kubernetes:Mode</c>).</summary>
public enum KubernetesMode
{
    Auto,
    InCluster,
    Kubeconfig,

    /// <summary>The API server at <c>Kubernetes:Server</c>.</summary>
    Server,
    Snapshot,
    Off,
}

/// <summary>Which pod names are answered (<c>Kubernetes:Pods</c>), as CoreDNS's <c>pods</c> option has them.</summary>
public enum PodRecords
{
    /// <summary>Every dashed address in a namespace that exists.</summary>
    Insecure,

    /// <summary>Only the address of a pod that is there, in its namespace.</summary>
    Verified,

    /// <summary>None.</summary>
    Disabled,
}

/// <summary>When pods are read so that names can be seen as they see them (<c>Kubernetes:PodViews</c>).</summary>
public enum PodViews
{
    /// <summary>At an API server, from the first time that somebody asks for one.</summary>
    OnDemand,

    /// <summary>From the start.</summary>
    Always,

    /// <summary>Never, and nobody sees as a pod.</summary>
    Off,
}

/// <summary>Which endpoints own a PTR record (<c>Kubernetes:Ptr</c>).</summary>
public enum EndpointPointers
{
    All,

    /// <summary>Only endpoints with a hostname.</summary>
    HostnameOnly,
}

/// <summary>Where entries are kept (<c>Store:Kind</c>).</summary>
public enum StoreKind
{
    Sqlite,
    Kubernetes,
    Memory,
}

/// <summary>Which upstream is asked first (<c>Forward:Policy</c>).</summary>
public enum ForwardPolicy
{
    /// <summary>The first of the list, as resolv.conf(5) has it; the others when it fails.</summary>
    Sequential,

    /// <summary>Each in turn.</summary>
    RoundRobin,

    /// <summary>Any.</summary>
    Random,
}

/// <summary>Everything that decides how names are answered. Defaults stand here; ranges in <c>ConfigurationReader</c> of the api.</summary>
public sealed class EngineOptions
{
    /// <summary>Every source, in the default order.</summary>
    public static readonly IReadOnlyList<string> DefaultOrder = ["hostAliases", "entries", "hosts", "cluster", "special", "forward"];

    /// <summary>The sources that are asked, first to last; a source left out is off.</summary>
    public IReadOnlyList<string> Order { get; set; } = DefaultOrder;

    public KubernetesOptions Kubernetes { get; } = new();

    public HostsOptions Hosts { get; } = new();

    public ForwardOptions Forward { get; } = new();

    public CacheOptions Cache { get; } = new();

    public StoreOptions Store { get; } = new();
}

/// <summary>The section <c>Kubernetes</c>.</summary>
public sealed class KubernetesOptions
{
    public KubernetesMode Mode { get; set; } = KubernetesMode.Auto;

    /// <summary>A kubeconfig file; null for <c>$KUBECONFIG</c> or <c>~/.kube/config</c>.</summary>
    public string? Kubeconfig { get; set; }

    /// <summary>A context of the kubeconfig; null for its current one.</summary>
    public string? Context { get; set; }

    /// <summary>The URL of an API server; null for none. Setting it makes <c>Mode=auto</c> mean server.</summary>
    public string? Server { get; set; }

    /// <summary>A file with the bearer token for <see cref="Server"/>, read anew for each request; null for none.</summary>
    public string? TokenFile { get; set; }

    /// <summary>A PEM file with the authorities that <see cref="Server"/>'s certificate must come from; null for the system's.</summary>
    public string? CaFile { get; set; }

    /// <summary>Files, or folders of files, of YAML or JSON objects. Setting them makes <c>Mode=auto</c> mean snapshot.</summary>
    public IReadOnlyList<string> Snapshot { get; set; } = [];

    /// <summary>True where the objects come from files.</summary>
    internal bool IsSnapshot => (Mode is KubernetesMode.Auto or KubernetesMode.Snapshot) && Snapshot.Count > 0;

    /// <summary>
    /// Octets of the longest cluster domain: the longest name below it, <c>_port._sctp.service.namespace.svc</c> with labels of 63
    /// octets, then still fits the 255 of RFC 1035 2.3.4.
    /// </summary>
    public const int MaxZoneSize = 255 - ((3 * 64) + 6 + 4);

    /// <summary>The cluster domain, of <see cref="MaxZoneSize"/> octets at most.</summary>
    public string Zone { get; set; } = "cluster.local";

    /// <summary>TTL of cluster records, 0 to 3600 seconds.</summary>
    public int Ttl { get; set; } = 30;

    public PodRecords Pods { get; set; } = PodRecords.Insecure;

    public PodViews PodViews { get; set; } = PodViews.OnDemand;

    /// <summary>Zones of the cluster source in which an unknown name is the next source's to answer.</summary>
    public IReadOnlyList<string> Fallthrough { get; set; } = ["in-addr.arpa", "ip6.arpa"];

    /// <summary>The namespaces that are seen; empty for all.</summary>
    public IReadOnlyList<string> Namespaces { get; set; } = [];

    /// <summary>A label selector: only services that it selects are seen (<c>app=web,tier!=test,team</c>).</summary>
    public string? Labels { get; set; }

    /// <summary>A label selector: only namespaces that it selects are seen.</summary>
    public string? NamespaceLabels { get; set; }

    /// <summary>Names an endpoint without hostname by its pod instead of by its address.</summary>
    public bool EndpointPodNames { get; set; }

    /// <summary>Answers no endpoint and no headless service.</summary>
    public bool NoEndpoints { get; set; }

    /// <summary>Answers NXDOMAIN for a service without a ready endpoint.</summary>
    public bool IgnoreEmptyService { get; set; }

    public EndpointPointers Ptr { get; set; } = EndpointPointers.All;

    /// <summary>The address of the cluster's DNS service, as pods see it.</summary>
    public string ClusterDns { get; set; } = "10.96.0.10";

    /// <summary>
    /// A node's resolv.conf: its search domains follow the cluster's own, and pods with dnsPolicy Default have all of it; null for none.
    /// </summary>
    public string? NodeResolvConf { get; set; }

    /// <summary>A node's hosts file, which pods in the node's network have; null for none.</summary>
    public string? NodeHosts { get; set; }
}

/// <summary>The section <c>Hosts</c>.</summary>
public sealed class HostsOptions
{
    public IReadOnlyList<string> Files { get; set; } = ["/etc/hosts"];

    /// <summary>Lines of a hosts file in the configuration itself.</summary>
    public IReadOnlyList<string> Inline { get; set; } = [];

    /// <summary>0 to 2147483647 seconds.</summary>
    public int Ttl { get; set; } = 30;
}

/// <summary>The section <c>Forward</c>.</summary>
public sealed class ForwardOptions
{
    /// <summary>
    /// Addresses (<c>192.0.2.1</c>, <c>[2001:db8::1]:5353</c>, <c>tls://192.0.2.1#dns.example</c>,
    /// <c>https://dns.example/dns-query#192.0.2.1</c>); null for those of /etc/resolv.conf, empty for none.
    /// </summary>
    public IReadOnlyList<string>? Servers { get; set; }

    /// <summary>Suffix to servers: the longest suffix that a name ends in decides.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Rules { get; set; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Those among the servers whose AD flag is believed: they validate, and the way to them is safe (RFC 6840 5.8).</summary>
    public IReadOnlyList<string> Trusted { get; set; } = [];

    /// <summary>The nameservers of a pod's dnsConfig that may be asked in the pod's stead: addresses, on port 53.</summary>
    public IReadOnlyList<string> PodNameservers { get; set; } = [];

    /// <summary>A PEM file of certificates that tls and https servers may be signed by beside the system's; null for none.</summary>
    public string? CaFile { get; set; }

    /// <summary>Questions on their way at once, 1 to 100000; some more wait for a tenth of a second.</summary>
    public int MaxConcurrent { get; set; } = 1000;

    public ForwardPolicy Policy { get; set; } = ForwardPolicy.Sequential;

    /// <summary>For one try at one server.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>For a question, all tries together.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(4);
}

/// <summary>The section <c>Cache</c>: what is kept of upstreams' answers. TTLs are seconds.</summary>
public sealed class CacheOptions
{
    /// <summary>The least that <see cref="Size"/> may be, but for 0.</summary>
    public const long MinSize = 1 << 20;

    /// <summary>The longest that <see cref="FailureTtl"/> grows to while a question keeps failing (RFC 9520 3.2).</summary>
    public const int MaxFailureTtl = 300;

    /// <summary>Bytes; 0 keeps nothing.</summary>
    public long Size { get; set; } = 64 << 20;

    /// <summary>0 to 3600: answers are kept for as long at least, but for signed ones.</summary>
    public int MinTtl { get; set; }

    /// <summary>1 to 604800.</summary>
    public int MaxTtl { get; set; } = 3600;

    /// <summary>0 to 86400: that a name or type does not exist is believed for as long at most (RFC 2308 5).</summary>
    public int NegativeMaxTtl { get; set; } = 300;

    /// <summary>1 to <see cref="MaxFailureTtl"/>: a question that failed is not asked again for so long (RFC 9520 3.2).</summary>
    public int FailureTtl { get; set; } = 5;

    /// <summary>0 to 3 days: for so long beyond its TTL an answer serves while upstreams fail (RFC 8767 4); 0 for never.</summary>
    public TimeSpan ServeStale { get; set; } = TimeSpan.FromHours(1);
}

/// <summary>The section <c>Store</c>.</summary>
public sealed class StoreOptions
{
    public StoreKind Kind { get; set; } = StoreKind.Sqlite;

    public const int DefaultHistory = 200_000;

    /// <summary>The SQLite file.</summary>
    public string Path { get; set; } = "data/kubedoh.db";

    /// <summary>How many changes of entries the history keeps, 1000 to 10000000, and the rest of the oldest write among them.</summary>
    public int History { get; set; } = DefaultHistory;

    public const int DefaultMaxEntries = 1_000_000;

    /// <summary>How many entries there may be, 1 to 10000000: each costs memory, whoever writes it.</summary>
    public int MaxEntries { get; set; } = DefaultMaxEntries;
}
