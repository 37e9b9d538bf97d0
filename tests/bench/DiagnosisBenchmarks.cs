using System.Net;
using BenchmarkDotNet.Attributes;
using KubeDoH.Engine;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Diagnosis;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Bench;

/// <summary>
/// A question explained in a cluster of 100,000 names: one that is there, and a misspelt one with its nearest names. Budget: 50 ms.
/// </summary>
public class DiagnosisBenchmarks
{
    private const int Names = 100_000, Namespaces = 100;

    private readonly Explainer _explainer = Create();
    private readonly ClientView _view = new()
    {
        Namespace = "team-42", Ndots = 5,
        SearchList = [DnsName.Parse("team-42.svc.cluster.local"), DnsName.Parse("svc.cluster.local"), DnsName.Parse("cluster.local")],
    };

    [Params("service-00042", "serivce-00042", "service-0042.team-41")]
    public string Name { get; set; } = "";

    [Benchmark]
    public int Explain()
    {
        using Query query = Query.Rent();
        query.Ask(DnsName.Parse(Name).Span, RecordType.A);
        query.View = _view;
        return _explainer.ExplainAsync(query, absolute: false, pod: null, CancellationToken.None).GetAwaiter().GetResult().Findings.Count;
    }

    private static Explainer Create()
    {
        var cluster = new ClusterView(new ClusterRules(new KubernetesOptions()), TimeProvider.System, "cluster");
        cluster.Replace(new ClusterObjects
        {
            Namespaces = [.. Enumerable.Range(0, Namespaces).Select(i => new NamespaceObject { Name = $"team-{i}" })],
            Services = [.. Enumerable.Range(0, Names).Select(i => new ServiceObject
            {
                Namespace = $"team-{i % Namespaces}", Name = $"service-{i:d5}", ClusterIPs = [new IPAddress(10L + ((long)i << 8))],
            })],
            EndpointSlices = [.. Enumerable.Range(0, Names).Select(i => new EndpointSliceObject
            {
                Namespace = $"team-{i % Namespaces}", Name = $"service-{i:d5}-x", ServiceName = $"service-{i:d5}",
                Endpoints = [new EndpointObject { Addresses = [new IPAddress(11L + ((long)i << 8))] }],
            })],
        });
        var source = new ClusterSource(cluster);
        return new Explainer(new Surroundings
        {
            Resolver = new SearchExpander(new AliasChaser(new SourceChain([source])), [cluster.Rules.Zone]),
            Zone = cluster.Rules.Zone,
            Cluster = cluster,
            Entries = new EntryView(TimeProvider.System),
            Hosts = () => NameTable.Empty,
            ClusterSource = source,
            Time = TimeProvider.System,
        });
    }
}
