using System.Diagnostics;
using System.Net;
using KubeDoH.Engine;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution.Listing;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Entries;

namespace KubeDoH.Tests.Resolution.Listing;

/// <summary>Pages: what they hold while the data changes, and what they cost.</summary>
public sealed class RecordCatalogTests(ITestOutputHelper output)
{
    /// <summary>Services and entries come and go between the pages; those that stay stand on exactly one.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Pages_have_what_stays_once_whatever_comes_and_goes(int seed)
    {
        var random = new Random(seed);
        ClusterView view = View();
        var entries = new EntryView(TimeProvider.System);
        for (int i = 0; i < 60; i++) Put(view, "stays", i);
        entries.Apply(new EntryChanges(1, true, [.. Enumerable.Range(0, 60).Select(i => Change("stays", i, "192.0.2.1"))]));
        var catalog = new RecordCatalog(
            [new EntryListing(entries, TimeProvider.System), .. ClusterListings.Of(view, new ClusterSource(view)), new EntryPointerListing(
                entries, TimeProvider.System)]);
        string[] before = [.. catalog.List(new RecordFilter()).RRsets.Where(Stays).Select(Write)];

        var turned = new List<ListedRRset>();
        RecordPlace? after = null;
        do
        {
            RecordPage page = catalog.List(new RecordFilter { After = after, Limit = random.Next(1, 12) });
            turned.AddRange(page.RRsets);
            after = page.Next;
            for (int i = 0; i < 5; i++)
            {
                int number = random.Next(100);
                if (random.Next(2) == 0) Put(view, "goes", number);
                else view.Apply(new ObjectChange.Gone(KubernetesKind.Service, "goes", $"s{number}"));
                EntryChange change = Change("goes", number, $"192.0.2.{2 + number}");
                entries.Apply(new EntryChanges(2, false, [random.Next(2) == 0 ? change : change with { Entry = null }]));
            }
        }
        while (after is not null);

        Assert.Equal(60 + (60 * 5) + 60 + 1 + 60, before.Length);
        Assert.Equal(before, turned.Where(Stays).Select(Write));
        Assert.Distinct(turned.Select(rrset => (rrset.Name, rrset.Type, rrset.Source)));
    }

    /// <summary>Nothing matches: the page ends after so many all the same, and the pages after it come to an end.</summary>
    [Fact]
    public void Page_of_a_filter_that_finds_nothing_ends_early()
    {
        ClusterView view = View();
        for (int i = 0; i < 4000; i++) Put(view, "big", i);
        var catalog = new RecordCatalog(ClusterListings.Of(view, new ClusterSource(view)));

        RecordPage first = catalog.List(new RecordFilter { Text = "not there", Limit = 10 });
        RecordPage second = catalog.List(new RecordFilter { Text = "not there", Limit = 10, After = first.Next });

        Assert.Empty(first.RRsets);
        Assert.NotNull(first.Next);
        Assert.Equal((0, (RecordPlace?)null), (second.RRsets.Count, second.Next));
    }

    /// <summary>10,000 services with 10 endpoints each: a page at the start, in the middle and at the end costs about the same.</summary>
    [Fact]
    public void Page_costs_what_stands_on_it_however_large_the_cluster_is()
    {
        ClusterView view = View();
        for (int i = 0; i < 10_000; i++) Put(view, $"n{i % 100}", i, endpoints: 10);
        var catalog = new RecordCatalog(ClusterListings.Of(view, new ClusterSource(view)));
        foreach (string from in (string[])["arpa", "10.in-addr.arpa", "cluster.local", "n55.svc.cluster.local", "n99.svc.cluster.local"])
        {
            var filter = new RecordFilter { Limit = 100, After = new RecordPlace(DnsName.Parse(from), 0, default, "") };
            catalog.List(filter);
            long bytes = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            RecordPage page = catalog.List(filter);
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
            output.WriteLine($"page from {from}: {bytes:N0} bytes, {time.TotalMilliseconds:N1} ms");
            Assert.Equal(100, page.RRsets.Count);
            Assert.True(bytes < 1_000_000, $"{bytes} bytes for a page from {from}");
        }

        long all = Stopwatch.GetTimestamp();
        int count = 0;
        for (RecordPlace? after = null; ;)
        {
            RecordPage page = catalog.List(new RecordFilter { Limit = 1000, After = after });
            count += page.RRsets.Count;
            if ((after = page.Next) is null) break;
        }

        output.WriteLine($"all {count:N0} RRsets in pages of 1000: {Stopwatch.GetElapsedTime(all).TotalMilliseconds:N0} ms");
        long scoped = Stopwatch.GetTimestamp();
        int ofNamespace = catalog.List(new RecordFilter { Limit = 100, Namespace = "n55", Suffix = DnsName.Parse("arpa") }).RRsets.Count;
        output.WriteLine($"{ofNamespace} pointers of a namespace: {Stopwatch.GetElapsedTime(scoped).TotalMilliseconds:N1} ms");
    }

    [Theory]
    [InlineData("0.0.0.0", "255.255.255.255", "10.0.0.99", true)]
    [InlineData("10.0.0.0", "10.255.255.255", "10.250.3.99", true)]
    [InlineData("10.0.0.0", "10.255.255.255", "11.0.0.1", false)]
    [InlineData("10.2.0.0", "10.2.255.255", "10.20.0.1", false)]
    [InlineData("10.2.0.0", "10.2.255.255", "10.2.99.100", true)]
    [InlineData("fd00::", "fd00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fd00::9", true)]
    [InlineData("fd00::", "fd00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fd01::", false)]
    public void Address_is_found_in_its_range_whatever_the_order(string first, string last, string address, bool found)
    {
        var keys = new OrderedKeys<AddressKey>(CanonicalAddressOrder.Instance);
        keys.Add(Key(address));

        Assert.Equal(found, keys.HasAny(Key(first), CanonicalAddressOrder.LastOf(Key(first), Key(last))));
    }

    [Fact]
    public void Addresses_stand_in_the_order_of_their_reverse_names()
    {
        var random = new Random(7);
        AddressKey[] addresses =
        [
            .. Enumerable.Range(0, 2000).Select(_ => new AddressKey((uint)random.NextInt64(uint.MaxValue), false)).Distinct(),
            .. Enumerable.Range(0, 200).Select(
                _ => new AddressKey(new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64()), true)),
        ];

        Assert.Equal(
            addresses.Select(ReverseName.Write).Order(CanonicalNameOrder.Instance),
            addresses.Order(CanonicalAddressOrder.Instance).Select(ReverseName.Write));
    }

    private static AddressKey Key(string address) => AddressKey.Of(IPAddress.Parse(address));

    private static bool Stays(ListedRRset rrset) =>
        rrset.Origins.Any(origin => origin.Namespace == "stays" || origin.Name?.Contains("stays") == true);

    private static string Write(ListedRRset rrset) => $"{rrset.Name} {rrset.Type} {rrset.Source}";

    private static ClusterView View() => new(new ClusterRules(new KubernetesOptions()), TimeProvider.System, "cluster");

    private static EntryChange Change(string group, int number, string address)
    {
        Entry entry = EntryTestData.Entry($"e{number}.{group}.example", "A", address);
        return new EntryChange(entry.Key, entry);
    }

    /// <summary>A service with a named port and its endpoints: two RRsets of its own, two for each endpoint, one for the port.</summary>
    private static void Put(ClusterView view, string @namespace, int number, int endpoints = 1)
    {
        string name = $"s{number}";
        PortObject[] ports = [new PortObject("http", 80, "TCP")];
        uint network = (@namespace == "goes" ? 0x0b000000u : 0x0a000000u) + ((uint)number << 8);
        IPAddress Address(uint low) => new(new AddressKey(network + low, false).ToData());
        Apply(view, KubernetesKind.Namespace, "", @namespace, new NamespaceObject { Name = @namespace });
        Apply(view, KubernetesKind.EndpointSlice, @namespace, name, new EndpointSliceObject
        {
            Namespace = @namespace,
            Name = name,
            ServiceName = name,
            Ports = ports,
            Endpoints = [.. Enumerable.Range(1, endpoints).Select(i => new EndpointObject { Addresses = [Address((uint)i)] })],
        });
        Apply(view, KubernetesKind.Service, @namespace, name,
            new ServiceObject { Namespace = @namespace, Name = name, ClusterIPs = [Address(0)], Ports = ports });
    }

    private static void Apply(ClusterView view, KubernetesKind kind, string @namespace, string name, object item) =>
        view.Apply(new ObjectChange.Put(new KubernetesObject(kind, @namespace, name, 1, item), Generation: 1));
}
