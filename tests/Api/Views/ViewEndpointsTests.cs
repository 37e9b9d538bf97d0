using KubeDoH.Api.Hosting;
using KubeDoH.Engine;
using KubeDoH.Tests.Api.Access;
using KubeDoH.Tests.Api.Inspect;

namespace KubeDoH.Tests.Api.Views;

/// <summary>
/// The files and variables of namespaces and pods of the sample cluster, octet by octet, and what is said where there are none.
/// </summary>
public sealed class ViewEndpointsTests
{
    private const string Managed = "/api/v1/pods/dns-playground/zerocalcare-dns-mgmt-65fdcb74cf-hmxrr",
        Default = "/api/v1/pods/kube-system/coredns-565d847f94-x2x2x";

    [Theory]
    [InlineData("/api/v1/namespaces/dns-playground/resolv.conf",
        "nameserver 10.96.0.10\nsearch dns-playground.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n")]
    [InlineData(Managed + "/resolv.conf",
        "nameserver 10.96.0.10\nsearch dns-playground.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n")]
    [InlineData("/api/v1/pods/spec/dnsconfig-0/resolv.conf",
        "nameserver 192.0.2.53\nsearch ns1.svc.cluster-domain.example my.dns.search.suffix\noptions ndots:2 edns0\n")]
    [InlineData("/api/v1/pods/spec/dnsconfig-1/resolv.conf",
        "nameserver 10.96.0.10\nsearch spec.svc.cluster.local svc.cluster.local cluster.local corp.example\noptions ndots:1\n")]
    [InlineData(Managed + "/hosts", """
        # Kubernetes-managed hosts file.
        127.0.0.1	localhost
        ::1	localhost ip6-localhost ip6-loopback
        fe00::0	ip6-localnet
        fe00::0	ip6-mcastprefix
        fe00::1	ip6-allnodes
        fe00::2	ip6-allrouters
        10.244.0.12	zerocalcare-dns-mgmt-65fdcb74cf-hmxrr

        # Entries added by HostAliases.
        127.0.0.1	entry1.local	entry2.local
        10.96.0.1	kubernello.local	kubernello.remote

        """)]
    [InlineData("/api/v1/pods/spec/headless-dual-0/hosts", """
        # Kubernetes-managed hosts file.
        127.0.0.1	localhost
        ::1	localhost ip6-localhost ip6-loopback
        fe00::0	ip6-localnet
        fe00::0	ip6-mcastprefix
        fe00::1	ip6-allnodes
        fe00::2	ip6-allrouters
        10.244.1.40	two.headless-dual.spec.svc.cluster.local	two
        fd00:10:244::40	two.headless-dual.spec.svc.cluster.local	two

        """)]
    [InlineData("/api/v1/pods/dns-playground/secco-cff76b474-kzqcp/env", WalkThrough)]
    [InlineData("/api/v1/namespaces/dns-playground/env", WalkThrough)]
    public async Task File_is_as_the_kubelet_makes_it(string path, string text)
    {
        await using InspectHost host = await InspectHost.StartAsync();

        InspectReply reply = await host.GetAsync(path), head = await host.SendAsync("HEAD", path);

        Assert.Equal((200, "text/plain", text), (reply.Status, reply.MediaType, reply.Body));
        Assert.Equal((200, "text/plain", ""), (head.Status, head.MediaType, head.Body));
    }

    private const string WalkThrough = """
        KUBERNETES_PORT=tcp://10.96.0.1:443
        KUBERNETES_PORT_443_TCP=tcp://10.96.0.1:443
        KUBERNETES_PORT_443_TCP_ADDR=10.96.0.1
        KUBERNETES_PORT_443_TCP_PORT=443
        KUBERNETES_PORT_443_TCP_PROTO=tcp
        KUBERNETES_SERVICE_HOST=10.96.0.1
        KUBERNETES_SERVICE_PORT=443
        KUBERNETES_SERVICE_PORT_HTTPS=443
        SECCO_PORT=tcp://10.101.195.184:80
        SECCO_PORT_80_TCP=tcp://10.101.195.184:80
        SECCO_PORT_80_TCP_ADDR=10.101.195.184
        SECCO_PORT_80_TCP_PORT=80
        SECCO_PORT_80_TCP_PROTO=tcp
        SECCO_SERVICE_HOST=10.101.195.184
        SECCO_SERVICE_PORT=80
        ZEROCALCARE_PORT=tcp://10.104.214.95:80
        ZEROCALCARE_PORT_80_TCP=tcp://10.104.214.95:80
        ZEROCALCARE_PORT_80_TCP_ADDR=10.104.214.95
        ZEROCALCARE_PORT_80_TCP_PORT=80
        ZEROCALCARE_PORT_80_TCP_PROTO=tcp
        ZEROCALCARE_SERVICE_HOST=10.104.214.95
        ZEROCALCARE_SERVICE_PORT=80

        """;

    [Theory]
    [InlineData(
        "/api/v1/namespaces/dns-playgroud/env", "unknown-namespace",
        "The cluster has no namespace 'dns-playgroud'. There is dns-playground.")]
    [InlineData("/api/v1/namespaces/nothing-like-it/resolv.conf", "unknown-namespace", "The cluster has no namespace 'nothing-like-it'.")]
    [InlineData(
        "/api/v1/pods/dns-playgroud/x/hosts", "unknown-namespace",
        "The cluster has no namespace 'dns-playgroud'. There is dns-playground.")]
    [InlineData("/api/v1/pods/dns-playground/secco/hosts", "unknown-pod",
        "The namespace 'dns-playground' has no pod 'secco'. There is secco-cff76b474-kzqcp.")]
    [InlineData("/api/v1/pods/spec/headless-9/hosts", "unknown-pod",
        "The namespace 'spec' has no pod 'headless-9'. There are headless-0, headless-1, headless-2.")]
    [InlineData(
        "/api/v1/pods/dns-playground/entirely-different/env", "unknown-pod",
        "The namespace 'dns-playground' has no pod 'entirely-different'.")]
    [InlineData(
        Default + "/resolv.conf", "no-such-file", "The pod has its node's resolv.conf, and none is configured: Kubernetes:NodeResolvConf.")]
    [InlineData("/api/v1/pods/spec/hostnet-0/hosts", "no-such-file",
        "The pod is in its node's network and has its hosts file, and none is configured: Kubernetes:NodeHosts.")]
    [InlineData(Managed + "/env?container=sidecar", "no-such-file", "The pod has no container 'sidecar'; it has main.")]
    public async Task What_is_not_there_is_said(string path, string problem, string detail)
    {
        await using InspectHost host = await InspectHost.StartAsync();

        InspectReply reply = await host.GetAsync(path);

        Assert.Equal((404, problem, detail), (reply.Status, reply.Problem, reply.Detail));
        Assert.Equal(ApiProblems.MediaType, reply.MediaType);
    }

    /// <summary>Who may ask for names need not have the right to look through the cluster.</summary>
    [Fact]
    public async Task Names_that_may_have_been_meant_are_not_told_to_who_asks_for_names()
    {
        await using InspectHost host = await InspectHost.StartAsync();

        InspectReply pod = await host.GetAsync("/dns-query/pod/dns-playground/secco?name=x");
        InspectReply space = await host.GetAsync("/dns-query/pod/dns-playgroud/secco?name=x");

        Assert.Equal((404, "The namespace 'dns-playground' has no pod 'secco'."), (pod.Status, pod.Detail));
        Assert.Equal((404, "The cluster has no namespace 'dns-playgroud'."), (space.Status, space.Detail));
    }

    [Theory]
    [InlineData("/api/v1/namespaces/spec/env?format=bash", "format: there is export only, for a shell.")]
    [InlineData("/api/v1/namespaces/spec/env?container=main", "There is no parameter 'container'; there are format.")]
    [InlineData("/api/v1/namespaces/spec/resolv.conf?format=export", "There is no parameter 'format'; there are none.")]
    [InlineData(Managed + "/env?format=json", "format: there is export only, for a shell.")]
    [InlineData(Managed + "/hosts?x=1", "There is no parameter 'x'; there are none.")]
    [InlineData(Managed + "/resolv.conf?x=1", "There is no parameter 'x'; there are none.")]
    public async Task Bad_parameter_is_named(string path, string detail)
    {
        await using InspectHost host = await InspectHost.StartAsync();

        InspectReply reply = await host.GetAsync(path);

        Assert.Equal((400, "bad-parameter", detail), (reply.Status, reply.Problem, reply.Detail));
    }

    [Theory]
    [InlineData("/api/v1/namespaces/dns-playground/resolv.conf")]
    [InlineData("/api/v1/namespaces/dns-playground/env")]
    [InlineData(Managed + "/resolv.conf")]
    [InlineData(Managed + "/hosts")]
    [InlineData(Managed + "/env")]
    public async Task Files_are_for_who_may_look(string path)
    {
        await using InspectHost host = await InspectHost.StartAsync(
            management: new ManagementOptions { Tokens = [TestAccess.Token("correct horse")] });

        InspectReply without = await host.GetAsync(path), with = await host.GetAsync(path, ("Authorization", "Bearer correct horse"));
        InspectReply write = await host.SendAsync("PUT", path, ("Authorization", "Bearer correct horse"));

        Assert.Equal((401, "unauthorized", 200), (without.Status, without.Problem, with.Status));
        Assert.Equal((405, "GET, HEAD"), (write.Status, write.Allow));
    }

    [Fact]
    public async Task Pods_can_be_left_out()
    {
        await using InspectHost host = await InspectHost.StartAsync(options => options.Kubernetes.PodViews = PodViews.Off);

        InspectReply view = await host.GetAsync("/dns-query/pod/spec/headless-0?name=x"), file = await host.GetAsync(Managed + "/hosts");

        Assert.Equal((404, "pods-off"), (view.Status, view.Problem));
        Assert.Equal((404, "pods-off"), (file.Status, file.Problem));
        Assert.Equal(200, (await host.GetAsync("/api/v1/namespaces/dns-playground/env")).Status);
    }

    [Fact]
    public async Task Names_are_answered_as_the_pod_finds_them()
    {
        await using InspectHost host = await InspectHost.StartAsync();
        const string pod = "dns-playground/zerocalcare-dns-mgmt-65fdcb74cf-hmxrr";

        string[] targets =
        [
            $"/dns-query/pod/{pod}?name=kubernello.local",
            $"/dns-query?pod={pod}&name=kubernello.local",
            $"/resolve?pod={pod}&name=kubernello.local",
        ];
        foreach (string target in targets)
        {
            InspectReply reply = await host.GetAsync(target);
            Assert.Contains("\"data\":\"10.96.0.1\"", reply.Body, StringComparison.Ordinal);
            Assert.Contains("\"Comment\":\"Response from hostAliases.\"", reply.Body, StringComparison.Ordinal);
        }

        Assert.Contains(
            "\"data\":\"10.101.195.184\"", (await host.GetAsync($"/dns-query/pod/{pod}?name=secco")).Body, StringComparison.Ordinal);
    }
}
