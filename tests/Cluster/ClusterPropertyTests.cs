using System.Globalization;
using KubeDoH.Engine;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Wire;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Cluster;

/// <summary>Objects that change by chance, one by one: every name then says what it would after a start on the final objects.</summary>
public class ClusterPropertyTests
{
    private const int Changes = 3000, Between = 100, AskedBetween = 20;

    private static readonly string[] Namespaces = ["a", "b", "c"], Services = ["s0", "s1", "s2"], Slices = ["x0", "x1", "x2", "x3"],
        Hostnames = ["h0", "h1"];
    private static readonly string[] Endpoints = ["10.1.0.1", "10.1.0.2", "10.1.1.3", "10.1.0.4", "fd00::1", "fd00::2"];
    private static readonly string[] ClusterAddresses = ["10.96.0.1", "10.96.0.2", "10.1.0.4", "fd00:96::1"];
    private static readonly RecordType[] Types = [RecordType.A, RecordType.AAAA, RecordType.SRV, RecordType.PTR];
    private static readonly string[] Names = [.. AllNames().Distinct()];

    private readonly Dictionary<string, object> _objects = [];

    [Theory]
    [InlineData(1, "")]
    [InlineData(2, "hostnameOnly")]
    [InlineData(3, "labels")]
    [InlineData(4, "ignoreEmpty")]
    [InlineData(5, "verified")]
    public void Changes_one_by_one_end_where_the_final_objects_begin(int seed, string options)
    {
        var random = new Random(seed);
        var time = new FakeTimeProvider();
        var cluster = new ClusterProbe(time, Configure);
        cluster.View.SetSynced();
        for (int i = 1; i <= Changes; i++)
        {
            Change(random, cluster);
            for (int j = 0; j < AskedBetween; j++) cluster.Ask(Names[random.Next(Names.Length)], Types[random.Next(Types.Length)]);
            if (i % Between == 0) AssertSame(cluster, time, seed, i);
        }

        void AssertSame(ClusterProbe changed, TimeProvider clock, int from, int at)
        {
            var fresh = new ClusterProbe(clock, Configure);
            fresh.View.Replace(new ClusterObjects
            {
                Namespaces = [.. _objects.Values.OfType<NamespaceObject>()], Services = [.. _objects.Values.OfType<ServiceObject>()],
                EndpointSlices = [.. _objects.Values.OfType<EndpointSliceObject>()], Pods = [.. _objects.Values.OfType<PodObject>()],
            });
            foreach (string name in Names)
                foreach (RecordType type in Types)
                    Assert.True(fresh.Ask(name, type) == changed.Ask(name, type),
                        $"seed {from}, change {at}, {name} {type}:\n{fresh.Ask(name, type)} from the final "
                        + $"objects\n{changed.Ask(name, type)} one by one");
            Assert.Equal(fresh.View.ServiceCount, changed.View.ServiceCount);
            Assert.Equal(fresh.View.ServiceNames.From(DnsName.Root), changed.View.ServiceNames.From(DnsName.Root));
            Assert.Equal(fresh.View.Reverse.From(default).Select(pair => pair.Address),
                changed.View.Reverse.From(default).Select(pair => pair.Address));
        }

        void Configure(KubernetesOptions settings)
        {
            if (options == "hostnameOnly") settings.Ptr = EndpointPointers.HostnameOnly;
            if (options == "labels") (settings.NamespaceLabels, settings.Labels) = ("is=seen", "is=seen");
            settings.IgnoreEmptyService = options == "ignoreEmpty";
            if (options == "verified") settings.Pods = PodRecords.Verified;
        }
    }

    private void Change(Random random, ClusterProbe cluster)
    {
        string ns = One(random, Namespaces);
        (string Key, object Item) next = random.Next(10) switch
        {
            0 => ($"ns {ns}", ClusterProbe.Namespace(ns, One(random, "seen", "seen", "hidden"))),
            1 => Pod(random, ns),
            < 5 => Service(random, ns),
            _ => Slice(random, ns),
        };
        if (random.Next(4) > 0)
        {
            _objects[next.Key] = next.Item;
            cluster.Put(next.Item);
        }
        else if (_objects.Remove(next.Key, out object? gone))
        {
            cluster.Remove(gone);
        }
    }

    private static (string Key, object Item) Pod(Random random, string ns) => ($"pod {ns}", new PodObject
    {
        Namespace = ns, Name = "p", Live = random.Next(4) > 0, IPs = [System.Net.IPAddress.Parse(One(random, Endpoints))],
    });

    private static (string Key, object Item) Service(Random random, string ns)
    {
        string name = One(random, Services);
        ServiceObject service = random.Next(4) switch
        {
            0 => ClusterProbe.Service(ns, name),
            1 => ClusterProbe.Service(ns, name) with { Headless = false, ExternalName = One(random, "www.example.com", "192.0.2.1") },
            2 => ClusterProbe.Service(ns, name, One(random, ClusterAddresses), One(random, ClusterAddresses)),
            _ => ClusterProbe.Service(ns, name, One(random, ClusterAddresses)),
        };
        return ($"svc {ns} {name}", service with
        {
            Ports = random.Next(3) == 0 ? [] : [new PortObject("http", random.Next(80, 82), "TCP")],
            Labels = new Dictionary<string, string> { ["is"] = One(random, "seen", "seen", "hidden") },
        });
    }

    private static (string Key, object Item) Slice(Random random, string ns)
    {
        string name = One(random, Slices);
        string[] endpoints = [.. Enumerable.Range(0, random.Next(4)).Select(_ => string.Concat(
            random.Next(4) == 0 ? "!" : "", One(random, Endpoints), random.Next(3) == 0 ? "/" + One(random, Hostnames) : ""))];
        EndpointSliceObject slice = ClusterProbe.Slice(ns, name, random.Next(12) == 0 ? null : One(random, Services), endpoints);
        return ($"slice {ns} {name}", slice with { Ports = [new PortObject(
            One(random, "http", "admin", ""), random.Next(80, 82), One(random, "TCP", "UDP"))] });
    }

    private static string One(Random random, params string[] of) => of[random.Next(of.Length)];

    private static IEnumerable<string> AllNames()
    {
        IEnumerable<string> addresses = Endpoints.Concat(ClusterAddresses);
        string[] labels =
            [.. Hostnames, .. Endpoints.Select(Dashed), "_tcp", "_udp", "_http._tcp", "_admin._udp", "_http._udp", "_admin._tcp"];
        foreach (string ns in Namespaces)
        {
            yield return $"{ns}.svc.cluster.local";
            foreach (string service in Services)
            {
                yield return $"{service}.{ns}.svc.cluster.local";
                foreach (string label in labels) yield return $"{label}.{service}.{ns}.svc.cluster.local";
            }

            foreach (string address in Endpoints) yield return $"{Dashed(address)}.{ns}.pod.cluster.local";
        }

        foreach (string address in addresses)
        {
            string name = ReverseName.Write(AddressKey.Of(System.Net.IPAddress.Parse(address))).ToString();
            for (; name.Count(letter => letter == '.') > 2; name = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..])
                yield return name;
        }
    }

    private static string Dashed(string address) =>
        address.Replace(".", "-", StringComparison.Ordinal).Replace(":", "-", StringComparison.Ordinal);
}
