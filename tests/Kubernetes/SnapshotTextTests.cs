using System.Text;
using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Tests.Kubernetes;

public class SnapshotTextTests
{
    private const string Service = "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\n";
    private const string Slice = "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: web-1, namespace: shop}\n";
    private const string Pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web-0, namespace: shop}\n";

    private static T Only<T>(string text)
    {
        SnapshotContent content = RecordedCluster.Read(text);
        Assert.Null(content.Error);
        Assert.Empty(content.Problems);
        return Assert.IsType<T>(Assert.Single(content.Objects).Value);
    }

    [Theory]
    [InlineData(Service + "spec:\n  ports: 80", 5, "Service shop/web", "ports must be a list of maps, not 80")]
    [InlineData(Service + "spec:\n  ports:\n  - 80", 6, "Service shop/web", "ports must be a list of maps, not 80")]
    [InlineData(Service + "spec:\n  ports:\n  - {name: a}", 6, "Service shop/web", "a port without its number")]
    [InlineData(Service + "spec:\n  ports:\n  - name: a\n    port: 65536", 7, "Service shop/web", "port 65536 is not within 1 to 65535")]
    [InlineData(Service + "spec:\n  ports:\n  - name: a\n    port: 0", 7, "Service shop/web", "port 0 is not within 1 to 65535")]
    [InlineData(Service + "spec:\n  ports:\n  - port: 8.5", 6, "Service shop/web", "port 8.5 is not within 1 to 65535")]
    [InlineData(Service + "spec:\n  ports:\n  - port: \"80\"", 6, "Service shop/web", "port must be a number, not the string '80'")]
    [InlineData(
        Service + "spec:\n  ports:\n  - {port: 80, protocol: tcp}", 6, "Service shop/web", "protocol 'tcp' is not TCP, UDP or SCTP")]
    [InlineData(Service + "spec:\n  ports:\n  - {port: 80, name: a_b}", 6, "Service shop/web", "name 'a_b' is not an RFC 1123 label")]
    [InlineData(Service + "spec:\n  clusterIP: 10.0.0.256", 5, "Service shop/web", "'10.0.0.256' is not an IP address")]
    [InlineData(Service + "spec:\n  clusterIP: 010.0.0.1", 5, "Service shop/web", "'010.0.0.1' is not an IP address")]
    [InlineData(Service + "spec:\n  clusterIP: \"1\"", 5, "Service shop/web", "'1' is not an IP address")]
    [InlineData(Service + "spec:\n  clusterIP: 10.1", 5, "Service shop/web", "clusterIP must be a string, not 10.1")]
    [InlineData(
        Service + "spec:\n  clusterIPs:\n  - 10.0.0.1\n  - fe80::1%eth0", 7, "Service shop/web", "'fe80::1%eth0' is not an IP address")]
    [InlineData(Service + "spec:\n  type: Clusterip", 5, "Service shop/web", "type 'Clusterip' is not a type of service")]
    [InlineData(Service + "spec:\n  type: ExternalName", 1, "Service shop/web", "externalName is missing")]
    [InlineData(
        Service + "spec:\n  type: ExternalName\n  externalName: a..b", 6, "Service shop/web", "externalName 'a..b' is not a DNS name")]
    [InlineData(Service + "spec: []", 4, "Service shop/web", "spec must be a map, not a list")]
    [InlineData(Service + "spec:\n  type: ClusterIP\n  type: NodePort", 6, "Service shop/web", "key 'type' is given twice")]
    [InlineData(Service + "spec:\n  selector:\n    a: b\n    a: c", 7, "Service shop/web", "key 'a' is given twice")]
    [InlineData(Service + "spec:\n  <<: {clusterIP: None}", 5, "Service shop/web", "merge keys (<<) are not supported")]
    [InlineData(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: -web", 4, "Service default/(unnamed)", "name '-web' is not an RFC 1123 label")]
    [InlineData(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: a.b", 4, "Service default/(unnamed)", "name 'a.b' is not an RFC 1123 label")]
    [InlineData("apiVersion: v1\nkind: Service\nmetadata:\n  name: 12", 4, "Service default/(unnamed)", "name must be a string, not 12")]
    [InlineData("apiVersion: v1\nkind: Namespace\nmetadata: {}", 1, "Namespace (unnamed)", "metadata.name is missing")]
    [InlineData("apiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: {b: 1}}", 3, "Namespace a", "b must be a string, not 1")]
    [InlineData(
        "apiVersion: v1\nkind: Service\nmetadata: {name: a, creationTimestamp: soon}", 3, "Service default/a",
        "creationTimestamp 'soon' is not a time (RFC 3339)")]
    [InlineData("kind: Service\nmetadata: {name: a}", 1, "Service", "apiVersion is missing")]
    [InlineData("apiVersion: v1\nmetadata: {name: a}", 1, "", "kind is missing")]
    [InlineData("- 1", 1, "", "a Kubernetes object must be a map")]
    [InlineData(
        "{\"apiVersion\":\"v1\",\n\"kind\":\"Service\",\"metadata\":{\"name\":\"a\",\n\"name\":\"b\"}}", 3, "Service default/a",
        "key 'name' is given twice")]
    [InlineData(Slice + "addressType: IPv5", 4, "EndpointSlice shop/web-1", "addressType 'IPv5' is not IPv4, IPv6 or FQDN")]
    [InlineData(
        Slice + "addressType: IPv4\nendpoints:\n- addresses: [10.0.0.1, x]", 6, "EndpointSlice shop/web-1", "'x' is not an IP address")]
    [InlineData(
        Slice + "addressType: IPv6\nendpoints:\n- addresses: [10.0.0.1]", 6, "EndpointSlice shop/web-1",
        "'10.0.0.1' is not of the slice's addressType")]
    [InlineData(Slice + "addressType: IPv4\nendpoints:\n- hostname: a", 6, "EndpointSlice shop/web-1", "an endpoint without addresses")]
    [InlineData(
        Slice + "addressType: IPv4\nendpoints:\n- {addresses: [10.0.0.1],\n   hostname: a.b}", 7, "EndpointSlice shop/web-1",
        "hostname 'a.b' is not an RFC 1123 label")]
    [InlineData(
        Slice + "addressType: IPv4\nendpoints:\n- {addresses: [10.0.0.1], conditions: {ready: \"true\"}}", 6, "EndpointSlice shop/web-1",
        "ready must be true or false, not the string 'true'")]
    [InlineData(Slice + "addressType: IPv4\nports: [80]", 5, "EndpointSlice shop/web-1", "ports must be a list of maps, not 80")]
    [InlineData(Pod + "status:\n  podIP: 1.2.3", 5, "Pod shop/web-0", "'1.2.3' is not an IP address")]
    [InlineData(Pod + "spec:\n  hostAliases:\n  - {hostnames: [a]}", 6, "Pod shop/web-0", "a host alias without ip")]
    [InlineData(
        Pod + "spec:\n  hostAliases:\n  - {ip: 10.0.0.1, hostnames: [a b]}", 6, "Pod shop/web-0", "hostname 'a b' is not an RFC 1123 name")]
    [InlineData(Pod + "spec:\n  dnsPolicy: Cluster", 5, "Pod shop/web-0", "dnsPolicy 'Cluster' is not a DNS policy")]
    [InlineData(Pod + "spec:\n  dnsConfig:\n    options: [{value: a}]", 6, "Pod shop/web-0", "a dnsConfig option without name")]
    public void Wrong_object_is_left_out_and_the_next_one_read(string text, int line, string what, string message)
    {
        string next = text[0] == '{' ? "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"next\"}}"
            : "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: next}";
        SnapshotContent content = RecordedCluster.Read(text + "\n" + next);
        Assert.Null(content.Error);
        Assert.Equal(new SnapshotProblem("file", line, what, message), Assert.Single(content.Problems));
        Assert.Equal("next", Assert.Single(content.Objects).Name);
    }

    [Theory]
    [InlineData("apiVersion: v1\nkind: ]", 2)]
    [InlineData("apiVersion: v1\nkind: a: b", 2)]
    [InlineData("a: *nowhere", 1)]
    [InlineData("a: &a [*a]", 1)]
    [InlineData("a: 1\n? [b]\n: c", 2)]
    [InlineData("{\"kind\":\n\"Service\",}", 2)]
    [InlineData("{\"kind\":\"\\ud800\"}", 1)]
    [InlineData("{\"kind\":\"Service\"} x", 1)]
    [InlineData("apiVersion: v1\nitems: []", 1)]
    [InlineData("apiVersion: v1\nkind: List\nitems: {}", 3)]
    [InlineData("apiVersion: v1\nkind: List\nitems: []\nitems: []", 4)]
    [InlineData("  \n", 0)]
    public void Unusable_text_says_where(string text, int line)
    {
        bool afterAnother = text[0] != '{' && line > 0;
        SnapshotContent content = RecordedCluster.Read(
            afterAnother ? "apiVersion: v1\nkind: Namespace\nmetadata: {name: first}\n---\n" + text : text);
        Assert.NotNull(content.Error);
        Assert.Equal(afterAnother ? line + 4 : line, content.Error.Line);
        Assert.Empty(content.Objects);
    }

    [Fact]
    public void Text_that_is_not_utf8_is_unusable() =>
        Assert.Equal("not UTF-8 text", SnapshotText.Read("file", new byte[] { 0x61, 0xFF }).Error?.Message);

    [Fact]
    public void Billion_laughs_end_at_the_limit_of_values()
    {
        var text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 20; i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        TextDefect? error = RecordedCluster.Read(text.ToString()).Error;
        Assert.Equal(new TextDefect(7, "more than 5000000 values, aliases counted as what they stand for"), error);
    }

    [Theory]
    [InlineData("a: ", "")]
    [InlineData("{\"a\": ", "}")]
    public void Nesting_ends_at_sixty_four(string before, string after)
    {
        string Nest(int depth) => before + new string('[', depth) + new string(']', depth) + after;
        Assert.Null(RecordedCluster.Read(Nest(63)).Error);
        Assert.Equal("nested deeper than 64", RecordedCluster.Read(Nest(64)).Error?.Message);
    }

    [Fact]
    public void Lists_at_the_top_are_no_objects() =>
        Assert.Equal("a Kubernetes object must be a map", Assert.Single(RecordedCluster.Read("[[[1]], [{a: 1}]]").Problems).Message);

    [Fact]
    public void Aliases_cannot_nest_deeper_than_the_text_may()
    {
        string text = "a: &a " + new string('[', 40) + new string(']', 40) + "\nb: " + new string('[', 30) + "*a" + new string(']', 30);
        Assert.Equal(new TextDefect(2, "alias *a nests deeper than 64"), RecordedCluster.Read(text).Error);
    }

    [Fact]
    public void Alias_stands_for_what_it_names()
    {
        ServiceObject service = Only<ServiceObject>(Service + "spec:\n  x: &ports [{port: 80, name: a}]\n  ports: *ports");
        Assert.Equal(new PortObject("a", 80, "TCP"), Assert.Single(service.Ports));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("~")]
    [InlineData("\"\"")]
    [InlineData("")]
    public void Service_without_an_address_yet_is_not_headless(string written)
    {
        ServiceObject service = Only<ServiceObject>(Service + "spec:\n  clusterIP: " + written);
        Assert.Empty(service.ClusterIPs);
        Assert.False(service.Headless);
    }

    [Theory]
    [InlineData("\"12\"")]
    [InlineData("'12'")]
    [InlineData("!!str 12")]
    public void Quoted_number_is_a_string(string name) =>
        Assert.Equal("12", Only<NamespaceObject>($"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}").Name);

    [Fact]
    public void Yes_and_no_are_strings_in_the_core_schema() =>
        Assert.Equal("no", Only<NamespaceObject>("apiVersion: v1\nkind: Namespace\nmetadata: {name: no}").Name);

    [Fact]
    public void Names_are_lower_cased_and_the_namespace_defaults()
    {
        EndpointSliceObject slice = Only<EndpointSliceObject>(
            "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: Web-1, labels: {kubernetes.io/service-name: Web}}\n"
            + "addressType: IPv4\nports: [{name: HTTP}]\nendpoints: [{addresses: [10.0.0.1], hostname: Db-0, targetRef: {kind: Pod, "
            + "name: Web-0}}]");
        Assert.Equal(("default", "web-1", "web"), (slice.Namespace, slice.Name, slice.ServiceName));
        Assert.Equal(new PortObject("http", 0, "TCP"), Assert.Single(slice.Ports));
        EndpointObject endpoint = Assert.Single(slice.Endpoints);
        Assert.Equal(("db-0", "web-0", true), (endpoint.Hostname, endpoint.PodName, endpoint.Ready));
    }

    [Theory]
    [InlineData(
        "{phase: Running, conditions: [{type: Ready, status: \"True\"}], containerStatuses: [{name: a, state: {waiting: {reason: x}}}]}",
        null)]
    [InlineData("{phase: Running, conditions: [{type: Ready, status: \"False\", reason: ContainersNotReady}], containerStatuses: [{name: "
        + "a, state: {running: {}}}, {name: b, state: {waiting: {reason: CrashLoopBackOff}}}]}", "container b: CrashLoopBackOff")]
    [InlineData("{phase: Running, conditions: [{type: Ready, status: \"False\", reason: ContainersNotReady}], containerStatuses: [{name: "
        + "a, state: {terminated: {reason: OOMKilled}}}]}", "container a: OOMKilled")]
    [InlineData(
        "{phase: Running, conditions: [{type: Ready, status: \"False\", reason: ReadinessGatesNotReady}]}", "ReadinessGatesNotReady")]
    [InlineData("{phase: Pending}", "Pending")]
    [InlineData("{phase: Running}", null)]
    [InlineData("{}", null)]
    public void Pod_that_is_not_ready_says_why(string status, string? why) =>
        Assert.Equal(why, Only<PodObject>(Pod + $"status: {status}").NotReady);

    [Theory]
    [InlineData("{}", true, false)]
    [InlineData("{ready: false}", false, false)]
    [InlineData("{ready: false, serving: true, terminating: true}", false, true)]
    public void Endpoint_has_its_conditions(string conditions, bool ready, bool terminating)
    {
        var slice = Only<EndpointSliceObject>(
            Slice + $"addressType: IPv4\nendpoints: [{{addresses: [10.0.0.1], conditions: {conditions}}}]");

        EndpointObject endpoint = Assert.Single(slice.Endpoints);
        Assert.Equal((ready, terminating), (endpoint.Ready, endpoint.Terminating));
    }

    [Theory]
    [InlineData("Running", true)]
    [InlineData("Pending", true)]
    [InlineData("Succeeded", false)]
    [InlineData("Failed", false)]
    public void Pod_that_ran_to_its_end_is_not_live(string phase, bool live) =>
        Assert.Equal(live, Only<PodObject>(Pod + $"status: {{phase: {phase}, podIP: 10.0.0.1}}").Live);

    [Theory]
    [InlineData("apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: A_B}")]
    [InlineData("apiVersion: v1\nkind: ConfigMap\ndata: {a: 1, a: 2}")]
    [InlineData("apiVersion: v1\nkind: ConfigMapList\nitems: [{metadata: {name: a}}]")]
    [InlineData(Slice + "addressType: FQDN\nendpoints: [{addresses: [a.example]}]")]
    [InlineData("# nothing but a comment\n---\n---\n")]
    public void What_gives_no_names_is_passed_over(string text)
    {
        SnapshotContent content = RecordedCluster.Read(text);
        Assert.Equal((null, 0, 0), (content.Error, content.Objects.Count, content.Problems.Count));
    }

    [Theory]
    [InlineData("{apiVersion: v1, kind: Namespace, metadata: {name: a}}")]
    [InlineData("{\"apiVersion\": \"v1\", \"kind\": \"Namespace\", \"metadata\": {\"name\": \"a\"}}\n---\n")]
    [InlineData(" {\"kind\":\"NamespaceList\",\"apiVersion\":\"v1\",\"items\":[{\"metadata\":{\"name\":\"a\"}}]}")]
    public void Json_and_flow_yaml_are_told_apart(string text) => Assert.Equal("a", Only<NamespaceObject>(text).Name);

    [Fact]
    public void Wrong_item_of_a_list_leaves_the_others()
    {
        SnapshotContent content = RecordedCluster.Read(
            "apiVersion: v1\nkind: NamespaceList\nitems:\n- metadata: {name: a}\n- metadata: {name: b, name: c}\n- metadata: {name: d}");
        Assert.Equal(["a", "d"], content.Objects.Select(item => item.Name));
        Assert.Equal(new SnapshotProblem("file", 5, "Namespace b", "key 'name' is given twice"), Assert.Single(content.Problems));
    }
}
