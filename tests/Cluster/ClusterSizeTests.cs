using System.Diagnostics;
using System.Text;
using KubeDoH.Engine;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDoH.Tests.Cluster;

/// <summary>A large cluster, as an API server sends it, in memory.</summary>
[Collection(nameof(HeapAlone))]
public class ClusterSizeTests(ITestOutputHelper output)
{
    private const int Services = 2000, EndpointsEach = 10;

    /// <summary>A tenth of the memory budget of 100,000 endpoints, in bytes, for each of them with its share of its service.</summary>
    private const long MostPerEndpoint = 700;

    [Fact]
    public void Endpoint_of_a_large_cluster_takes_a_few_hundred_bytes_and_a_second_list_none()
    {
        (long First, long Second)[] weights = [.. Enumerable.Range(0, HeapRounds.Count).Select(_ => Weigh())];
        long first = HeapRounds.Median(weights.Select(weight => weight.First));
        long second = HeapRounds.Median(weights.Select(weight => weight.Second));
        Assert.InRange(first / (Services * EndpointsEach), 1, MostPerEndpoint);
        Assert.InRange(second, long.MinValue, first / 20);
    }

    /// <summary>The bytes of a cluster, and those more behind a second list of the same.</summary>
    private (long First, long Second) Weigh()
    {
        var cluster = new ClusterProbe(TimeProvider.System);
        Fill(cluster, 1, new ObjectPieces(WatchedResource.Of(new KubernetesOptions())[1], NullLogger.Instance), upTo: 10);
        long before = HeapRounds.Settled();
        long started = Stopwatch.GetTimestamp();
        List(cluster, 1);
        TimeSpan took = Stopwatch.GetElapsedTime(started);
        long first = HeapRounds.Settled() - before;
        List(cluster, 2);
        long second = HeapRounds.Settled() - before - first;
        long each = first / (Services * EndpointsEach);
        output.WriteLine($"{each} B an endpoint, {took.TotalMilliseconds:0} ms, {second} B more after a second list");
        Assert.Equal(Services, cluster.View.ServiceCount);
        GC.KeepAlive(cluster);
        return (first, second);
    }

    private static void List(ClusterProbe cluster, int generation)
    {
        IReadOnlyList<WatchedResource> resources = WatchedResource.Of(new KubernetesOptions());
        cluster.Put(ClusterProbe.Namespace("shop"), generation);
        Fill(cluster, generation, new ObjectPieces(resources[1], NullLogger.Instance), Services);
        foreach (WatchedResource resource in resources) cluster.EndList(resource.Kind, generation);
    }

    private static void Fill(ClusterProbe cluster, int generation, ObjectPieces slices, int upTo)
    {
        var services = new ObjectPieces(WatchedResource.Of(new KubernetesOptions())[2], NullLogger.Instance);
        for (int i = 0; i < upTo; i++)
        {
            string address = $"10.96.{i / 256}.{i % 256}";
            Put(slices, Slice(i));
            Put(services, $$$"""
                {
                  "metadata": {
                    "name": "service-{{{i}}}", "namespace": "shop", "labels": {"app": "a{{{i}}}"}, "creationTimestamp": "2026-01-01T00:00:00Z"
                  },
                  "spec": {
                    "clusterIP": "{{{address}}}", "clusterIPs": ["{{{address}}}"], "type": "ClusterIP",
                    "ports": [{"name": "http", "port": 80, "protocol": "TCP"}]
                  }
                }
                """);
        }

        void Put(ObjectPieces pieces, string json)
        {
            Assert.True(pieces.TryRead(Encoding.UTF8.GetBytes(json), out KubernetesObject? item));
            cluster.View.Apply(new ObjectChange.Put(item, generation));
        }
    }

    private static string Slice(int service)
    {
        IEnumerable<string> endpoints = Enumerable.Range(service * EndpointsEach, EndpointsEach).Select(number => $$$"""
            {
              "addresses": ["10.{{{1 + (number >> 16)}}}.{{{(number >> 8) & 255}}}.{{{number & 255}}}"],
              "conditions": {"ready": true, "serving": true, "terminating": false}, "nodeName": "node-{{{number % 100}}}",
              "targetRef": {"kind": "Pod", "name": "service-{{{service}}}-7d9f8b6c5-{{{number}}}", "namespace": "shop"}
            }
            """);
        return $$$"""
            {
              "metadata": {
                "name": "service-{{{service}}}-abcde", "namespace": "shop",
                "labels": {"kubernetes.io/service-name": "service-{{{service}}}"},
                "managedFields": [{"manager": "m", "fieldsV1": {"f:a": {} } }]
              },
              "addressType": "IPv4",
              "endpoints": [{{{string.Join(",", endpoints)}}}],
              "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}]
            }
            """;
    }
}
