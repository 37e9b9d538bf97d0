using System.Diagnostics;
using System.Globalization;
using System.Text;
using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Tests.Kubernetes;

public class SnapshotSizeTests(ITestOutputHelper output)
{
    private const int Services = 10_000, Endpoints = 10;

    [Fact]
    public void Ten_thousand_services_with_ten_endpoints_each_stay_within_the_memory_they_need()
    {
        byte[] json = Generate();
        var watch = Stopwatch.StartNew();
        long before = GC.GetAllocatedBytesForCurrentThread();
        SnapshotContent content = SnapshotText.Read("file", json);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        TimeSpan took = watch.Elapsed;
        output.WriteLine($"{json.Length >> 20} MiB of text: {took.TotalMilliseconds:F0} ms, {allocated >> 20} MiB allocated");
        Assert.Null(content.Error);
        Assert.Empty(content.Problems);
        Assert.Equal(2 * Services, content.Objects.Count);
        Assert.InRange(allocated, 0, 400L << 20);
    }

    private static byte[] Generate()
    {
        var text = new StringBuilder("{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[");
        for (int i = 0; i < Services; i++)
        {
            string subnet = string.Create(CultureInfo.InvariantCulture, $"10.{i >> 8}.{i & 255}");
            text.Append(CultureInfo.InvariantCulture, $$$"""
                {"apiVersion":"v1","kind":"Service","metadata":{"name":"s{{{i}}}","namespace":"n{{{i % 100}}}","labels":{"app":"a{{{i}}}"},
                 "uid":"0b463737-3d00-4b61-bb56-2b05ca5fb744","resourceVersion":"1","creationTimestamp":"2026-11-23T00:48:12Z"},
                 "spec":{"clusterIP":"{{{subnet}}}.1","clusterIPs":["{{{subnet}}}.1"],"selector":{"app":"a{{{i}}}"},"type":"ClusterIP",
                 "ports":[{"name":"http","port":80,"protocol":"TCP","targetPort":80}]}},
                {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","addressType":"IPv4",
                 "metadata":{"name":"s{{{i}}}-x","namespace":"n{{{i % 100}}}","labels":{"kubernetes.io/service-name":"s{{{i}}}"}},
                 "ports":[{"name":"http","port":80,"protocol":"TCP"}],"endpoints":[
                """);
            for (int e = 0; e < Endpoints; e++)
            {
                text.Append(e == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $$$"""
                    {"addresses":["{{{subnet}}}.{{{e + 10}}}"],"conditions":{"ready":true,"serving":true,"terminating":false},
                     "nodeName":"node-{{{e}}}","targetRef":{"kind":"Pod","name":"s{{{i}}}-{{{e}}}","namespace":"n{{{i % 100}}}",
                     "uid":"29cd5cf1-c6fb-4420-a3cc-07c72baf906d"}}
                    """);
            }
            text.Append(i + 1 < Services ? "]}," : "]}");
        }
        return Encoding.UTF8.GetBytes(text.Append("]}").ToString());
    }
}
