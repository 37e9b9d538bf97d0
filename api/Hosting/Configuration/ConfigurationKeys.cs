using KubeDoH.Engine;
using static KubeDoH.Api.Hosting.Configuration.ValueKinds;

namespace KubeDoH.Api.Hosting.Configuration;

/// <summary>Every key there is: what reads them, checks them and lists them for <c>--help</c> goes by this table.</summary>
internal static class ConfigurationKeys
{
    private static readonly ValueKind<int> LongTtl = Integer(0, int.MaxValue);
    private static readonly ValueKind<int> ClusterTtl = Integer(0, 3600);
    private static readonly ValueKind<TimeSpan> Wait = Duration(TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));

    public static readonly IReadOnlyList<ConfigurationKey> All =
    [
        new ListKey<ListenAddress>("Listen:Http", Listen, o => o.Listen.Http, (o, v) => o.Listen.Http = v, "HTTP/1.1 in the clear", Off: "off"),
        new ListKey<ListenAddress>("Listen:Https", Listen, o => o.Listen.Https, (o, v) => o.Listen.Https = v, "HTTP/1.1 and HTTP/2 over TLS", Off: "off"),
        new ListKey<ListenAddress>("Listen:H2c", Listen, o => o.Listen.H2c, (o, v) => o.Listen.H2c = v, "HTTP/2 in the clear, with prior knowledge", Off: "off"),
        new PathKey("Listen:Certificate", o => o.Listen.Certificate, (o, v) => o.Listen.Certificate = v, "PEM file of the certificate and its chain", "one made in data/ and kept"),
        new PathKey("Listen:CertificateKey", o => o.Listen.CertificateKey, (o, v) => o.Listen.CertificateKey = v, "PEM file of the certificate's key", "the certificate's file"),
        new ListKey<string>("Order", Source, o => o.Engine.Order, (o, v) => o.Engine.Order = v, "the sources that are asked, first to last; one left out is off"),
        new ScalarKey<KubernetesMode>("Kubernetes:Mode", Word(KubernetesMode.Auto, KubernetesMode.Snapshot, KubernetesMode.Off), o => o.Engine.Kubernetes.Mode, (o, v) => o.Engine.Kubernetes.Mode = v, "where the cluster's objects come from; auto: the snapshot, if one is named"),
        new ListKey<string>("Kubernetes:Snapshot", Text, o => o.Engine.Kubernetes.Snapshot, (o, v) => o.Engine.Kubernetes.Snapshot = v, "files, or folders of files, of YAML or JSON objects", ArePaths: true),
        new ScalarKey<string>("Kubernetes:Zone", Name, o => o.Engine.Kubernetes.Zone, (o, v) => o.Engine.Kubernetes.Zone = v, "the cluster domain"),
        new ScalarKey<int>("Kubernetes:Ttl", ClusterTtl, o => o.Engine.Kubernetes.Ttl, (o, v) => o.Engine.Kubernetes.Ttl = v, "TTL of cluster records, seconds"),
        new ScalarKey<PodRecords>("Kubernetes:Pods", Word(Enum.GetValues<PodRecords>()), o => o.Engine.Kubernetes.Pods, (o, v) => o.Engine.Kubernetes.Pods = v, "which names of pods by address are answered"),
        new ListKey<string>("Kubernetes:Fallthrough", Name, o => o.Engine.Kubernetes.Fallthrough, (o, v) => o.Engine.Kubernetes.Fallthrough = v, "zones of the cluster in which an unknown name is the next source's"),
        new ListKey<string>("Kubernetes:Namespaces", Text, o => o.Engine.Kubernetes.Namespaces, (o, v) => o.Engine.Kubernetes.Namespaces = v, "the namespaces that are seen", Off: "all"),
        new ScalarKey<string>("Kubernetes:Labels", Text, o => o.Engine.Kubernetes.Labels, (o, v) => o.Engine.Kubernetes.Labels = v, "a label selector of services", "all"),
        new ScalarKey<string>("Kubernetes:NamespaceLabels", Text, o => o.Engine.Kubernetes.NamespaceLabels, (o, v) => o.Engine.Kubernetes.NamespaceLabels = v, "a label selector of namespaces", "all"),
        new ScalarKey<bool>("Kubernetes:EndpointPodNames", Flag, o => o.Engine.Kubernetes.EndpointPodNames, (o, v) => o.Engine.Kubernetes.EndpointPodNames = v, "names an endpoint without hostname by its pod"),
        new ScalarKey<bool>("Kubernetes:NoEndpoints", Flag, o => o.Engine.Kubernetes.NoEndpoints, (o, v) => o.Engine.Kubernetes.NoEndpoints = v, "answers no endpoint and no headless service"),
        new ScalarKey<bool>("Kubernetes:IgnoreEmptyService", Flag, o => o.Engine.Kubernetes.IgnoreEmptyService, (o, v) => o.Engine.Kubernetes.IgnoreEmptyService = v, "NXDOMAIN for a service without a ready endpoint"),
        new ScalarKey<EndpointPointers>("Kubernetes:Ptr", Word(Enum.GetValues<EndpointPointers>()), o => o.Engine.Kubernetes.Ptr, (o, v) => o.Engine.Kubernetes.Ptr = v, "which endpoints own a PTR record"),
        new ScalarKey<string>("Kubernetes:ClusterDns", Address, o => o.Engine.Kubernetes.ClusterDns, (o, v) => o.Engine.Kubernetes.ClusterDns = v, "the address of the cluster's DNS service, as pods see it"),
        new PathKey("Kubernetes:NodeResolvConf", o => o.Engine.Kubernetes.NodeResolvConf, (o, v) => o.Engine.Kubernetes.NodeResolvConf = v, "the node's resolv.conf, whose search domains follow the cluster's own"),
        new ListKey<string>("Hosts:Files", Text, o => o.Engine.Hosts.Files, (o, v) => o.Engine.Hosts.Files = v, "hosts files", ArePaths: true),
        new ListKey<string>("Hosts:Inline", Text, o => o.Engine.Hosts.Inline, (o, v) => o.Engine.Hosts.Inline = v, "lines of a hosts file"),
        new ScalarKey<int>("Hosts:Ttl", LongTtl, o => o.Engine.Hosts.Ttl, (o, v) => o.Engine.Hosts.Ttl = v, "TTL of hosts names, seconds"),
        new ListKey<string>("Forward:Servers", Server, o => o.Engine.Forward.Servers, (o, v) => o.Engine.Forward.Servers = v, "the upstreams of every name without a rule", "those of /etc/resolv.conf"),
        new MapKey<string>("Forward:Rules", "SUFFIX", Name, Server, o => o.Engine.Forward.Rules, (o, v) => o.Engine.Forward.Rules = v, "the upstreams of names that end in a suffix: Forward:Rules:corp.example=10.0.0.53,10.0.0.54"),
        new ScalarKey<int>("Forward:MaxConcurrent", Integer(1, 100_000), o => o.Engine.Forward.MaxConcurrent, (o, v) => o.Engine.Forward.MaxConcurrent = v, "questions on their way to upstreams at once"),
        new ScalarKey<ForwardPolicy>("Forward:Policy", Word(Enum.GetValues<ForwardPolicy>()), o => o.Engine.Forward.Policy, (o, v) => o.Engine.Forward.Policy = v, "which upstream is asked first"),
        new ScalarKey<TimeSpan>("Forward:Timeout", Wait, o => o.Engine.Forward.Timeout, (o, v) => o.Engine.Forward.Timeout = v, "for one try at one upstream"),
        new ScalarKey<TimeSpan>("Forward:Deadline", Wait, o => o.Engine.Forward.Deadline, (o, v) => o.Engine.Forward.Deadline = v, "for a question, all tries together"),
        new ScalarKey<StoreKind>("Store:Kind", Word(StoreKind.Sqlite, StoreKind.Memory), o => o.Engine.Store.Kind, (o, v) => o.Engine.Store.Kind = v, "where entries are kept"),
        new PathKey("Store:Path", o => o.Engine.Store.Path, (o, v) => o.Engine.Store.Path = v, "the file of Store:Kind=sqlite"),
        new ListKey<string>("Management:Tokens", Text, o => o.Management.Tokens, (o, v) => o.Management.Tokens = v, "bearer tokens that may use /api"),
        new ScalarKey<bool>("Management:TrustLoopback", Flag, o => o.Management.TrustLoopback, (o, v) => o.Management.TrustLoopback = v, "trusts callers on loopback that came through no proxy"),
        new MapKey<LogLevel>("Logging:LogLevel", "CATEGORY", Text, Word(Enum.GetValues<LogLevel>()), o => o.LogLevels.ToDictionary(p => p.Key, p => (IReadOnlyList<LogLevel>)[p.Value]), (o, v) => o.LogLevels = v.ToDictionary(p => p.Key, p => p.Value[^1]), "the least level that is logged, by category"),
    ];
}
