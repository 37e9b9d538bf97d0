using KubeDoH.Engine;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Diagnosis;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Diagnosis;

public class NearestNamesTests
{
    private static readonly DnsName Zone = DnsName.Parse("cluster.local");

    [Fact]
    public async Task Nearest_of_a_hundred_thousand_names_are_found()
    {
        var cluster = new ClusterView(new ClusterRules(new KubernetesOptions()), TimeProvider.System, "cluster");
        cluster.Replace(new ClusterObjects
        {
            Namespaces = [.. Enumerable.Range(0, 100).Select(i => new NamespaceObject { Name = $"team-{i}" })],
            Services = [.. Enumerable.Range(0, 100_000).Select(i => new ServiceObject
            {
                Namespace = $"team-{i % 100}", Name = i == 4_242 ? "checkout" : $"service-{i:x5}",
                ClusterIPs = [new System.Net.IPAddress(0x0000000aL + (i << 8))],
            })],
        });

        Finding typo = Assert.Single(await ExplainAsync(cluster, "chekcout.team-42.svc.cluster.local"));

        Assert.Equal(("typo", "checkout.team-42.svc.cluster.local."), (typo.Kind, Assert.Single(typo.Names)));
    }

    [Theory]
    [InlineData("web.example.", "wbe.example.", 1)]
    [InlineData("web.shop.example.", "wbe.shpo.example.", 2)]
    [InlineData("ab.example.", "cd.example.", 3)]
    [InlineData("web.example.", "web.example.com.", 3)]
    [InlineData("longlabel.example.", "lnogalbel.example.", 2)]
    [InlineData("longlabel.example.", "lnogalble.example.", 3)]
    public void Distance_of_names_is_that_of_their_labels(string a, string b, int distance) =>
        Assert.Equal(distance, new NamePattern(DnsName.Parse(a)).DistanceTo(DnsName.Parse(b)));

    private static async Task<IReadOnlyList<Finding>> ExplainAsync(ClusterView cluster, string name)
    {
        var source = new ClusterSource(cluster);
        IResolver pipeline = new SearchExpander(new AliasChaser(new SourceChain([source])), []);
        var explainer = new Explainer(new Surroundings
        {
            Resolver = pipeline, Zone = Zone, Cluster = cluster, Entries = new EntryView(TimeProvider.System),
            Hosts = () => NameTable.Empty,
            ClusterSource = source, Time = TimeProvider.System,
        });
        using Query query = Query.Rent();
        query.Ask(DnsName.Parse(name).Span, RecordType.A);
        return (await explainer.ExplainAsync(query, absolute: true, pod: null, TestContext.Current.CancellationToken)).Findings;
    }
}
