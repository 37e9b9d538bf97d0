using System.Text;
using KubeDoH.Engine;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Kubernetes;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDoH.Tests.Cluster;

/// <summary>The pods of a large cluster, as an API server sends them, in memory.</summary>
[Collection(nameof(HeapAlone))]
public class PodSizeTests(ITestOutputHelper output)
{
    private const int Pods = 20_000;

    /// <summary>Of 100,000 pods: 60 MB.</summary>
    private const long MostPerPod = 600;

    [Fact]
    public void Pod_takes_some_hundred_bytes_and_a_second_list_none()
    {
        (long First, long Second)[] weights = [.. Enumerable.Range(0, HeapRounds.Count).Select(_ => Weigh())];
        long first = HeapRounds.Median(weights.Select(weight => weight.First));
        long second = HeapRounds.Median(weights.Select(weight => weight.Second));
        Assert.InRange(first / Pods, 1, MostPerPod);
        Assert.InRange(second, long.MinValue, first / 20);
    }

    /// <summary>The bytes of the pods, and those more behind a second list of the same.</summary>
    private (long First, long Second) Weigh()
    {
        var view = new ClusterView(new ClusterRules(new KubernetesOptions()), TimeProvider.System, "cluster");
        var pieces = new ObjectPieces(WatchedResource.Pods(new KubernetesOptions()), NullLogger.Instance);
        Fill(view, pieces, 1, upTo: 10);
        long before = HeapRounds.Settled();
        Fill(view, pieces, 1, Pods);
        long first = HeapRounds.Settled() - before;
        Fill(view, pieces, 2, Pods);
        view.Apply(new ObjectChange.Listed(KubernetesKind.Pod, 2));
        long second = HeapRounds.Settled() - before - first;
        output.WriteLine($"{first / Pods} B a pod, {second} B more after a second list");
        Assert.Equal(Pods, view.CountOf(KubernetesKind.Pod));
        Assert.Equal("10.1.2.3", view.FindPod("space-15", "service-51-7d9f8b6c5-515")!.IPs[0].ToString());
        GC.KeepAlive(view);
        return (first, second);
    }

    private static void Fill(ClusterView view, ObjectPieces pieces, int generation, int upTo)
    {
        for (int i = 0; i < upTo; i++)
        {
            Assert.True(pieces.TryRead(Encoding.UTF8.GetBytes(Pod(i)), out KubernetesObject? item));
            view.Apply(new ObjectChange.Put(item, generation));
        }
    }

    private static string Pod(int number) => $$$"""
        {
          "metadata": {
            "name": "service-{{{number / 10}}}-7d9f8b6c5-{{{number}}}", "namespace": "space-{{{number % 100}}}", "labels": {"app": "a{{{number / 10}}}"},
            "creationTimestamp": "2026-01-01T00:00:00Z", "managedFields": [{"manager": "m", "fieldsV1": {"f:a": {} } }]
          },
          "spec": {
            "containers": [{"name": "main", "image": "nginx"}, {"name": "istio-proxy", "image": "proxy"}], "dnsPolicy": "ClusterFirst",
            "nodeName": "node-{{{number % 100}}}", "enableServiceLinks": true, "tolerations": [{"key": "k", "operator": "Exists"}]
          },
          "status": {
            "phase": "Running", "hostIP": "192.168.0.{{{number % 100}}}", "startTime": "2026-01-01T00:{{{number % 60:00}}}:01Z",
            "podIP": "10.{{{1 + (number >> 16)}}}.{{{(number >> 8) & 255}}}.{{{number & 255}}}",
            "podIPs": [{"ip": "10.{{{1 + (number >> 16)}}}.{{{(number >> 8) & 255}}}.{{{number & 255}}}"}],
            "containerStatuses": [
              {"name": "main", "state": {"running": {"startedAt": "2026-01-01T00:{{{number % 60:00}}}:03Z"} } },
              {"name": "istio-proxy", "state": {"running": {"startedAt": "2026-01-01T00:{{{number % 60:00}}}:02Z"} } }
            ]
          }
        }
        """;
}
