using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Tests.Kubernetes;

public class RecordedClusterTests
{
    private static readonly string[] Lists = ["namespaces", "services", "endpointslices", "pods"];

    private static SnapshotReading Snapshot => RecordedCluster.Merge(RecordedCluster.Snapshot);

    private static ServiceObject ServiceOf(string name) => Snapshot.Objects.Services.Single(service => service.Name == name);

    [Fact]
    public void Snapshot_gives_every_object_and_no_problem()
    {
        SnapshotReading reading = Snapshot;
        Assert.Empty(reading.Problems);
        SnapshotFile file = Assert.Single(reading.Files);
        Assert.Equal((7, 20, 18, 15), (file.Namespaces, file.Services, file.EndpointSlices, file.Pods));
        Assert.Equal(7, reading.Objects.Namespaces.Count);
    }

    [Fact]
    public void Yaml_and_json_forms_give_equal_objects()
    {
        SnapshotReading json = RecordedCluster.Merge(
            [.. Lists.Select(list => File.ReadAllText(RecordedCluster.PathOf($"api/{list}.json")))]);
        Assert.Empty(json.Problems);
        Assert.Equal(RecordedCluster.Dump(Snapshot.Objects), RecordedCluster.Dump(json.Objects));
    }

    [Fact]
    public void Json_lists_one_after_the_other_are_one_file()
    {
        SnapshotReading stream = RecordedCluster.Merge(
            string.Concat(Lists.Select(list => File.ReadAllText(RecordedCluster.PathOf($"api/{list}.json")))));
        Assert.Equal(RecordedCluster.Dump(Snapshot.Objects), RecordedCluster.Dump(stream.Objects));
    }

    [Fact]
    public void Manifests_give_what_they_write_and_the_namespaces_they_imply()
    {
        SnapshotReading reading = RecordedCluster.Merge(
            File.ReadAllText(RecordedCluster.PathOf("objects.yaml")), File.ReadAllText(RecordedCluster.PathOf("pods.yaml")));
        Assert.Empty(reading.Problems);
        Assert.Equal(["dns-playground", "empty", "kube-system", "spec"], reading.Objects.Namespaces.Select(item => item.Name).Order());
        Assert.Equal(19, reading.Objects.Services.Count);
        Assert.Equal(3, reading.Objects.EndpointSlices.Count);
        string pods = RecordedCluster.Dump(
            new ClusterObjects { Pods = [.. Snapshot.Objects.Pods.Select(pod => pod with { StartedAt = null })] });
        Assert.Equal(pods, RecordedCluster.Dump(new ClusterObjects { Pods = reading.Objects.Pods }));
    }

    [Fact]
    public void Dual_stack_service_has_both_addresses_in_order_and_its_ports()
    {
        ServiceObject dual = ServiceOf("dual");
        Assert.Equal(["10.96.10.10", "fd00:10:96::a0a"], dual.ClusterIPs.Select(address => address.ToString()));
        Assert.Equal(
            [new("http", 80, "TCP"), new("https", 443, "TCP"), new("syslog", 514, "UDP"), new PortObject("sip", 5060, "SCTP")], dual.Ports);
        Assert.False(dual.Headless);
    }

    [Fact]
    public void Headless_service_has_no_address()
    {
        ServiceObject headless = ServiceOf("headless");
        Assert.True(headless.Headless);
        Assert.Empty(headless.ClusterIPs);
    }

    [Fact]
    public void External_service_has_its_name()
    {
        ServiceObject external = ServiceOf("external");
        Assert.Equal(("ExternalName", "www.example.com", false), (external.Type, external.ExternalName, external.Headless));
        Assert.Null(ServiceOf("dual").ExternalName);
    }

    [Fact]
    public void Slice_has_hostnames_and_readiness()
    {
        EndpointSliceObject slice = Snapshot.Objects.EndpointSlices.Single(item => item.Name == "byhand-2");
        Assert.Equal("byhand", slice.ServiceName);
        Assert.Equal([("db-2", true), ("db-3", false)], slice.Endpoints.Select(endpoint => (endpoint.Hostname, endpoint.Ready)));
        Assert.Equal(new PortObject("db", 6432, "TCP"), Assert.Single(slice.Ports));
    }

    [Fact]
    public void Pod_has_its_addresses_and_host_aliases()
    {
        PodObject pod = Snapshot.Objects.Pods.Single(item => item.Name.StartsWith("zerocalcare-dns-mgmt", StringComparison.Ordinal));
        Assert.Equal("10.244.0.12", Assert.Single(pod.IPs).ToString());
        Assert.Equal(
            ["127.0.0.1 entry1.local entry2.local", "10.96.0.1 kubernello.local kubernello.remote"],
            pod.HostAliases.Select(alias => $"{alias.Address} {string.Join(' ', alias.Hostnames)}"));
        Assert.Equal("192.168.49.2", Assert.Single(Snapshot.Objects.Pods.Single(item => item.Name == "hostnet-0").IPs).ToString());
    }

    [Fact]
    public void Pod_has_what_its_resolv_conf_is_made_of()
    {
        PodObject pod = Snapshot.Objects.Pods.Single(item => item.Name == "dnsconfig-0");
        Assert.Equal("None", pod.DnsPolicy);
        Assert.Equal("192.0.2.53", Assert.Single(pod.DnsConfig!.Nameservers).ToString());
        Assert.Equal(["ns1.svc.cluster-domain.example", "my.dns.search.suffix"], pod.DnsConfig.Searches);
        Assert.Equal(["ndots:2", "edns0"], pod.DnsConfig.Options);
        PodObject pet = Snapshot.Objects.Pods.Single(item => item.Name == "headless-0");
        Assert.Equal(("my-pet", "headless", "ClusterFirst", null), (pet.Hostname, pet.Subdomain, pet.DnsPolicy, pet.DnsConfig));
        Assert.True(Snapshot.Objects.Pods.Single(item => item.Name == "hostnet-0").HostNetwork);
    }

    [Fact]
    public void Cut_short_anywhere_it_is_never_taken_for_the_whole()
    {
        for (int length = 1; length < RecordedCluster.Snapshot.Length - 100; length += 499)
        {
            SnapshotContent content = RecordedCluster.Read(RecordedCluster.Snapshot[..length]);
            Assert.True(content.Error is not null || content.Problems.Count > 0, $"cut at {length}");
            Assert.Empty(content.Objects);
        }
    }

    [Fact]
    public void Mutated_bytes_never_throw()
    {
        byte[] original = System.Text.Encoding.UTF8.GetBytes(RecordedCluster.Snapshot[..6000]);
        byte[] flow = File.ReadAllBytes(RecordedCluster.PathOf("objects.yaml"))[..4000];
        byte[] json = File.ReadAllBytes(RecordedCluster.PathOf("api/services.json"))[..4000];
        var random = new Random(20261123);
        ReadOnlySpan<byte> awkward = "{}[]:,-&*!|>'\"%@`#?<~\t\n \0\u00ff\\"u8;
        int wrong = 0;
        for (int round = 0; round < 4000; round++)
        {
            byte[] mutant = [.. (round % 4) switch { 0 => flow, 1 => json, _ => original }];
            for (int change = random.Next(1, 4); change > 0; change--)
                mutant[random.Next(mutant.Length)] = random.Next(2) == 0 ? awkward[random.Next(awkward.Length)] : (byte)random.Next(256);
            SnapshotContent content = SnapshotText.Read("mutant", mutant);
            if (content.Error is not null || content.Problems.Count > 0) wrong++;
        }
        Assert.True(wrong > 1000, $"only {wrong} mutants were noticed");
    }
}
