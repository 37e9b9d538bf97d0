using KubeDoH.Engine;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Replay;

namespace KubeDoH.Tests.Diagnosis;

/// <summary>What the cluster source says of its answers: the objects they come from, or what is not there.</summary>
public class ClusterReasonsTests
{
    private static readonly string[] Objects =
    [
        "namespace shop",
        "service shop/web 10.96.0.10 http/TCP/80",
        "endpoints shop/web http/TCP/80 10.244.1.5=one",
        "service shop/db headless pg/TCP/5432",
        "endpoints shop/db pg/TCP/5432 !10.244.1.6=db-0/db-0",
        "service shop/address external=192.0.2.7",
        "pod shop/p1 10.244.1.5",
    ];

    [Theory]
    [InlineData("web.shop.svc.cluster.local", "A", "Service shop/web")]
    [InlineData("one.web.shop.svc.cluster.local", "A", "Service shop/web")]
    [InlineData("_http._tcp.web.shop.svc.cluster.local", "SRV", "Service shop/web")]
    [InlineData("_tcp.web.shop.svc.cluster.local", "SRV", "Service shop/web")]
    [InlineData("two.web.shop.svc.cluster.local", "A", "it has no endpoint two; Service shop/web")]
    [InlineData("_dns._tcp.web.shop.svc.cluster.local", "SRV", "it has no port _dns._tcp; Service shop/web")]
    [InlineData("x.y.z.web.shop.svc.cluster.local", "A", "no name has so many labels; Service shop/web")]
    [InlineData("db.shop.svc.cluster.local", "A", "headless, and no endpoint is ready; Service shop/db")]
    [InlineData("address.shop.svc.cluster.local", "A", "its externalName 192.0.2.7 is an address; Service shop/address")]
    [InlineData("nobody.shop.svc.cluster.local", "A", "no service nobody in the namespace shop")]
    [InlineData("web.ops.svc.cluster.local", "A", "there is no namespace ops")]
    [InlineData("shop.svc.cluster.local", "A", "Namespace shop")]
    [InlineData("svc.cluster.local", "A", "above the namespaces")]
    [InlineData("nothing.cluster.local", "A", "nothing in the zone is called so")]
    [InlineData("10-244-1-5.shop.pod.cluster.local", "A", "the address stands in the name")]
    [InlineData("10-244-1-5.shop.pod.cluster.local", "A", "Pod shop/p1", PodRecords.Verified)]
    [InlineData("10-244-9-9.shop.pod.cluster.local", "A", "no pod of the namespace has 10.244.9.9", PodRecords.Verified)]
    [InlineData("10-244-1-5.shop.pod.cluster.local", "A", "Kubernetes:Pods is disabled", PodRecords.Disabled)]
    [InlineData("nobody.shop.pod.cluster.local", "A", "nobody is no address")]
    [InlineData("10-244-1-5.ops.pod.cluster.local", "A", "there is no namespace ops")]
    [InlineData("10.0.96.10.in-addr.arpa", "PTR", "Service shop/web")]
    [InlineData("5.1.244.10.in-addr.arpa", "PTR", "Service shop/web")]
    [InlineData("9.9.9.10.in-addr.arpa", "PTR", "no service and no endpoint has the address")]
    [InlineData("www.example.com", "A", "")]
    public async Task Verdict_has_its_reason(string name, string type, string expected, PodRecords pods = PodRecords.Insecure)
    {
        var cluster = new ClusterView(new ClusterRules(new KubernetesOptions { Pods = pods }), TimeProvider.System, "cluster");
        cluster.Replace(ClusterLines.Read([.. Objects.Select((line, i) => new ScriptLine("objects", i, line))]));
        var source = new ClusterSource(cluster);
        Assert.True(RecordTypeText.TryRead(type, out RecordType asked));
        using Query query = Query.Rent();
        query.Ask(DnsName.Parse(name).Span, asked);

        Answer? answer = await source.FindAsync(query, TestContext.Current.CancellationToken);
        VerdictReason? reason = source.Reason(query, answer);

        string origins = string.Join("; ", (reason?.Origins ?? []).Select(
            origin => $"{origin.Kind} {(origin.Namespace is null ? "" : $"{origin.Namespace}/")}{origin.Name}"));
        Assert.Equal(expected, string.Join("; ", new[] { reason?.Text, origins }.Where(text => !string.IsNullOrEmpty(text))));
    }
}
