namespace KubeDoH.Api.Hosting.Swagger;

/// <summary>The operations that give the files and variables of pods.</summary>
internal static class ViewOperations
{
    private const string Plain = "text/plain", Pod = "zerocalcare-dns-mgmt-65fdcb74cf-hmxrr";

    private const string ResolvConf = """
        nameserver 10.96.0.10
        search dns-playground.svc.cluster.local svc.cluster.local cluster.local
        options ndots:5

        """;

    private const string Hosts = """
        # Kubernetes-managed hosts file.
        127.0.0.1	localhost
        ::1	localhost ip6-localhost ip6-loopback
        fe00::0	ip6-localnet
        fe00::0	ip6-mcastprefix
        fe00::1	ip6-allnodes
        fe00::2	ip6-allrouters
        10.244.0.12	zerocalcare-dns-mgmt-65fdcb74cf-hmxrr

        # Entries added by HostAliases.
        10.96.0.1	kubernello.local	kubernello.remote

        """;

    private const string Variables = "SECCO_PORT_80_TCP=tcp://10.101.195.184:80\nSECCO_SERVICE_HOST=10.101.195.184\n";
    private const string Exports = "export SECCO_PORT_80_TCP='tcp://10.101.195.184:80'\nexport SECCO_SERVICE_HOST='10.101.195.184'\n";

    public static void NamespaceResolvConf(OperationDraft draft) => OfNamespace(draft.Describe(
            "What the kubelet writes for a pod of the namespace with the usual settings: dnsPolicy ClusterFirst and no dnsConfig. Lines "
            + "nameserver, search, options."))
        .As(200, Plain, OperationDraft.Text, ("file", ResolvConf));

    public static void NamespaceVariables(OperationDraft draft) => Formats(OfNamespace(draft.Describe(
        "The variables of services that a container of the namespace gets when it starts now, sorted by name.")));

    public static void PodResolvConf(OperationDraft draft) => OfPod(draft.Describe(
            "What the kubelet writes for the pod: its dnsPolicy, with what its dnsConfig adds, within the kubelet's limits (3 servers, 32 "
            + "suffixes, 2048 characters of them)."))
        .As(200, Plain, OperationDraft.Text, ("file", ResolvConf));

    public static void PodHosts(OperationDraft draft) => OfPod(draft.Describe(
            "What the kubelet writes for the pod: the machine's own names, the pod's, its hostAliases; in its node's network, the node's "
            + "file (`Kubernetes:NodeHosts`) with the hostAliases behind."))
        .As(200, Plain, OperationDraft.Text, ("file", Hosts));

    public static void PodVariables(OperationDraft draft) => Formats(OfPod(draft
        .Describe("The variables of services that a container of the pod has, sorted by name: of those services that were there when it "
            + "was started, and `kubernetes`.")
        .Query("container", OperationDraft.Text, "A container of the pod; the first when left out.", "main")));

    private static OperationDraft Formats(OperationDraft draft) => draft
        .Query("format", OperationDraft.Text, "`export`: for `eval` in a shell, each value quoted.", "export")
        .As(200, Plain, OperationDraft.Text, ("plain", Variables), ("export", Exports));

    private static OperationDraft OfPod(OperationDraft draft) => OfNamespace(draft.Path("pod", "A pod of the namespace.", Pod))
        .Problems(ProblemTypes.Pod).Problems(ProblemTypes.NoSuchFile);

    private static OperationDraft OfNamespace(OperationDraft draft) => draft
        .Protected()
        .Path("namespace", "A namespace of the cluster.", "dns-playground")
        .Answers(200, "The text.")
        .Answers(503, "Service Unavailable", ("Retry-After", "Seconds.", "1"))
        .Problems(ProblemTypes.Namespace)
        .Problems(ProblemTypes.BadParameter);
}
