using KubeDoH.Engine;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Metrics;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Cluster;

/// <summary>How long changes of endpoints took until they were served.</summary>
public sealed class ProgrammingTimeTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly ClusterMeter _meter = new();
    private readonly ClusterView _view;

    public ProgrammingTimeTests() => _view = new ClusterView(new ClusterRules(new KubernetesOptions()), _time, "cluster", _meter);

    [Fact]
    public void Change_of_endpoints_is_measured_by_the_kind_of_service()
    {
        Read(synced: true);
        _time.Advance(TimeSpan.FromSeconds(10));

        Put(Slice("web", "10.0.0.3", _time.GetUtcNow() - TimeSpan.FromMilliseconds(300)));
        Put(Slice("db", "10.0.0.2", _time.GetUtcNow() - TimeSpan.FromSeconds(2)));

        Assert.Equal("cluster_ip: 1 in 0.3 s, headless_with_selector: 1 in 2 s", Measured());
    }

    [Fact]
    public void What_was_there_at_the_start_or_is_told_again_is_no_change()
    {
        Put(Slice("web", "10.0.0.1", Start - TimeSpan.FromHours(5)));
        Read(synced: true);
        Put(Slice("web", "10.0.0.1", Start - TimeSpan.FromHours(5)));
        Put(Slice("web", "10.0.0.9", Start - TimeSpan.FromHours(5)));
        Put(Slice("web", "10.0.0.8", null));
        Put(Slice("nobody", "10.0.0.7", Start - TimeSpan.FromSeconds(1)));

        Assert.Equal("cluster_ip: 0 in 0 s, headless_with_selector: 0 in 0 s", Measured());
    }

    [Theory]
    [InlineData("""{"endpoints.kubernetes.io/last-change-trigger-time":"2026-11-23T09:00:00.25Z","other":{"deep":[1]}}""", true)]
    [InlineData("""{"other":"x","endpoints.kubernetes.io/last-change-trigger-time":"soon"}""", false)]
    [InlineData("""{"endpoints.kubernetes.io/last-change-trigger-time":{"no":"time"}}""", false)]
    [InlineData("""{}""", false)]
    [InlineData("null", false)]
    [InlineData("""["endpoints.kubernetes.io/last-change-trigger-time"]""", false)]
    public void Time_is_read_from_the_annotation_and_nothing_else_of_it(string annotations, bool isRead)
    {
        string json = $$$"""
            {"metadata":{"name":"web-1","namespace":"shop","annotations":{{{annotations}}},"labels":{"kubernetes.io/service-name":"web"}},
             "addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"]}]}
            """;
        KubeNode? node = null;
        Assert.Null(JsonNodes.Read(System.Text.Encoding.UTF8.GetBytes(json), read => node = read));
        var fields = new ObjectFields();

        KubernetesObject read = ObjectReader.Read(KubernetesKind.EndpointSlice, node!, fields);

        Assert.Null(fields.Defect);
        var slice = Assert.IsType<EndpointSliceObject>(read.Value);
        Assert.Equal("web", slice.ServiceName);
        Assert.Equal(isRead ? Start + TimeSpan.FromMilliseconds(250) : null, slice.TriggeredAt);
        Assert.True(node!["metadata"]!["annotations"]?["other"] is null);
    }

    private void Read(bool synced) => _view.Replace(
        new ClusterObjects
        {
            Namespaces = [new NamespaceObject { Name = "shop" }],
            Services =
            [
                new ServiceObject { Namespace = "shop", Name = "web", ClusterIPs = [System.Net.IPAddress.Parse("10.96.0.7")] },
                new ServiceObject { Namespace = "shop", Name = "db", Headless = true },
            ],
            EndpointSlices = [Slice("web", "10.0.0.1", Start - TimeSpan.FromHours(5))],
        },
        synced);

    private void Put(EndpointSliceObject slice) => _view.Apply(new ObjectChange.Put(
        new KubernetesObject(KubernetesKind.EndpointSlice, slice.Namespace, slice.Name, 1, slice), 1));

    private static EndpointSliceObject Slice(string service, string address, DateTimeOffset? triggeredAt) => new()
    {
        Namespace = "shop",
        Name = $"{service}-1",
        ServiceName = service,
        Endpoints = [new EndpointObject { Addresses = [System.Net.IPAddress.Parse(address)] }],
        TriggeredAt = triggeredAt,
    };

    private string Measured()
    {
        IEnumerable<MetricSample> samples = _meter.Read().Single().Samples;
        return string.Join(
            ", ", samples.Select(sample => $"{sample.Labels[0].Value}: {sample.Histogram!.Total} in {sample.Histogram.Sum} s"));
    }
}
