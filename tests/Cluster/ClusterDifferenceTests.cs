using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Wire;
using Microsoft.Extensions.Time.Testing;
using static KubeDoH.Tests.Cluster.ClusterProbe;

namespace KubeDoH.Tests.Cluster;

/// <summary>One change of an object after the other, and what the names say behind it.</summary>
public class ClusterDifferenceTests
{
    private const string Web = "web.shop.svc.cluster.local";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.Parse("2026-01-01T00:00:00Z", null));
    private readonly ClusterProbe _cluster;

    public ClusterDifferenceTests()
    {
        _cluster = new ClusterProbe(_time);
        _cluster.Put(Namespace("shop"));
        _cluster.View.SetSynced();
    }

    [Fact]
    public void Headless_service_has_the_endpoints_of_all_its_slices_each_once()
    {
        _cluster.Put(Service("shop", "web"));
        _cluster.Put(Slice("shop", "web-a", "web", "10.1.0.1", "10.1.0.2"));
        _cluster.Put(Slice("shop", "web-b", "web", "10.1.0.2", "10.1.0.3"));
        _cluster.Put(Slice("shop", "web-c", "web", "fd00::1"));

        Assert.Equal($"NOERROR {Web}. A 10.1.0.1 | {Web}. A 10.1.0.2 | {Web}. A 10.1.0.3", _cluster.Ask(Web, RecordType.A));
        Assert.Equal($"NOERROR {Web}. AAAA fd00::1", _cluster.Ask(Web, RecordType.AAAA));
    }

    [Fact]
    public void Endpoint_that_moves_between_slices_keeps_its_name_and_its_pointer_in_either_order()
    {
        _cluster.Put(Service("shop", "web"));
        _cluster.Put(Slice("shop", "web-a", "web", "10.1.0.1"));
        _cluster.Put(Slice("shop", "web-b", "web", "10.1.0.1", "10.1.0.2"));
        _cluster.Put(Slice("shop", "web-a", "web", "10.1.0.3"));

        Assert.Equal($"NOERROR {Web}. A 10.1.0.1 | {Web}. A 10.1.0.2 | {Web}. A 10.1.0.3", _cluster.Ask(Web, RecordType.A));
        Assert.Equal($"NOERROR 1.0.1.10.in-addr.arpa. PTR 10-1-0-1.{Web}.", _cluster.Ask("1.0.1.10.in-addr.arpa", RecordType.PTR));

        _cluster.Remove(Slice("shop", "web-b", "web"));
        Assert.Equal("not mine", _cluster.Ask("1.0.1.10.in-addr.arpa", RecordType.PTR));
        Assert.Equal($"NOERROR {Web}. A 10.1.0.3", _cluster.Ask(Web, RecordType.A));
    }

    [Fact]
    public void Endpoint_that_gets_a_hostname_has_another_name_and_pointer()
    {
        _cluster.Put(Service("shop", "web"));
        _cluster.Put(Slice("shop", "web-a", "web", "10.1.0.1"));
        Assert.StartsWith("NOERROR", _cluster.Ask("1.0.1.10.in-addr.arpa", RecordType.PTR), StringComparison.Ordinal);
        _cluster.Put(Slice("shop", "web-a", "web", "10.1.0.1/first"));

        Assert.Equal($"NOERROR 1.0.1.10.in-addr.arpa. PTR first.{Web}.", _cluster.Ask("1.0.1.10.in-addr.arpa", RecordType.PTR));
        Assert.Equal("NXDOMAIN", _cluster.Ask($"10-1-0-1.{Web}", RecordType.A));
        Assert.Equal($"NOERROR first.{Web}. A 10.1.0.1", _cluster.Ask($"first.{Web}", RecordType.A));
    }

    [Fact]
    public void Headless_service_exists_from_the_first_ready_endpoint_to_the_last()
    {
        _cluster.Put(Service("shop", "web"));
        _cluster.Put(Slice("shop", "web-a", "web", "!10.1.0.1"));
        Assert.Equal("NXDOMAIN", _cluster.Ask(Web, RecordType.A));
        _cluster.Put(Slice("shop", "web-a", "web", "10.1.0.1"));
        Assert.StartsWith("NOERROR", _cluster.Ask(Web, RecordType.A), StringComparison.Ordinal);
        _cluster.Remove(Slice("shop", "web-a", "web"));
        Assert.Equal("NXDOMAIN", _cluster.Ask(Web, RecordType.A));
    }

    [Fact]
    public void Slice_may_come_before_its_service_and_stay_behind_it()
    {
        _cluster.Put(Slice("shop", "web-a", "web", "10.1.0.1"));
        Assert.Equal("not mine", _cluster.Ask("1.0.1.10.in-addr.arpa", RecordType.PTR));
        _cluster.Put(Service("shop", "web"));
        Assert.Equal($"NOERROR {Web}. A 10.1.0.1", _cluster.Ask(Web, RecordType.A));
        _cluster.Remove(Service("shop", "web"));
        Assert.Equal("NXDOMAIN", _cluster.Ask(Web, RecordType.A));
        _cluster.Put(Service("shop", "web", "10.96.0.1"));
        Assert.Equal($"NOERROR 10-1-0-1.{Web}. A 10.1.0.1", _cluster.Ask($"10-1-0-1.{Web}", RecordType.A));
    }

    [Fact]
    public void Slice_that_is_given_to_another_service_leaves_the_first()
    {
        _cluster.Put(Service("shop", "web"));
        _cluster.Put(Service("shop", "db"));
        _cluster.Put(Slice("shop", "a", "web", "10.1.0.1"));
        _cluster.Put(Slice("shop", "a", "db", "10.1.0.1"));

        Assert.Equal("NXDOMAIN", _cluster.Ask(Web, RecordType.A));
        Assert.Equal("NOERROR 1.0.1.10.in-addr.arpa. PTR 10-1-0-1.db.shop.svc.cluster.local.", _cluster.Ask(
            "1.0.1.10.in-addr.arpa", RecordType.PTR));
        _cluster.Put(Slice("shop", "a", null, "10.1.0.1"));
        Assert.Equal("NXDOMAIN", _cluster.Ask("db.shop.svc.cluster.local", RecordType.A));
    }

    [Fact]
    public void ExternalName_becomes_a_cluster_address_and_back()
    {
        ServiceObject external =
            Service("shop", "web") with { Headless = false, Type = "ExternalName", ExternalName = "www.example.com", Ports = [] };
        _cluster.Put(external);
        Assert.Equal($"NOERROR {Web}. CNAME www.example.com.", _cluster.Ask(Web, RecordType.A));
        _cluster.Put(Service("shop", "web", "10.96.0.1"));
        Assert.Equal($"NOERROR {Web}. A 10.96.0.1", _cluster.Ask(Web, RecordType.A));
        _cluster.Put(external);
        Assert.Equal("not mine", _cluster.Ask("1.0.96.10.in-addr.arpa", RecordType.PTR));
        Assert.Equal($"NOERROR {Web}. CNAME www.example.com.", _cluster.Ask(Web, RecordType.AAAA));
    }

    [Fact]
    public void Service_that_is_made_again_has_its_new_address_alone()
    {
        _cluster.Put(Service("shop", "web", "10.96.0.1", "fd00:96::1"));
        Assert.Equal($"NOERROR 1.0.96.10.in-addr.arpa. PTR {Web}.", _cluster.Ask("1.0.96.10.in-addr.arpa", RecordType.PTR));
        _cluster.Remove(Service("shop", "web"));
        _cluster.Put(Service("shop", "web", "10.96.0.2"));

        Assert.Equal($"NOERROR {Web}. A 10.96.0.2", _cluster.Ask(Web, RecordType.A));
        Assert.Equal("NOERROR", _cluster.Ask(Web, RecordType.AAAA));
        Assert.Equal("not mine", _cluster.Ask("1.0.96.10.in-addr.arpa", RecordType.PTR));
    }

    [Fact]
    public void Namespace_takes_all_its_names_along_and_brings_them_back()
    {
        _cluster.Put(Service("shop", "web", "10.96.0.1"));
        _cluster.Remove(Namespace("shop"));
        Assert.Equal("NXDOMAIN", _cluster.Ask(Web, RecordType.A));
        Assert.Equal("NXDOMAIN", _cluster.Ask("shop.svc.cluster.local", RecordType.A));
        Assert.Equal("not mine", _cluster.Ask("1.0.96.10.in-addr.arpa", RecordType.PTR));
        _cluster.Put(Namespace("shop"));
        Assert.Equal($"NOERROR {Web}. A 10.96.0.1", _cluster.Ask(Web, RecordType.A));
    }

    [Fact]
    public void Label_of_a_namespace_hides_and_shows_what_lives_in_it()
    {
        var cluster = new ClusterProbe(_time, options => options.NamespaceLabels = "is=seen");
        cluster.View.SetSynced();
        cluster.Put(Service("shop", "web", "10.96.0.1"));
        cluster.Put(Namespace("shop", "hidden"));
        Assert.Equal("NXDOMAIN", cluster.Ask(Web, RecordType.A));
        cluster.Put(Namespace("shop", "seen"));
        Assert.Equal($"NOERROR {Web}. A 10.96.0.1", cluster.Ask(Web, RecordType.A));
        cluster.Put(Namespace("shop", "hidden"));
        Assert.Equal("not mine", cluster.Ask("1.0.96.10.in-addr.arpa", RecordType.PTR));
    }

    [Fact]
    public void Serial_moves_with_what_can_be_seen_and_with_nothing_else()
    {
        _cluster.Put(Service("shop", "web", "10.96.0.1"));
        uint before = _cluster.View.CurrentZones.Cluster.Serial;
        _time.Advance(TimeSpan.FromSeconds(10));
        _cluster.Put(Service("shop", "web", "10.96.0.1"), generation: 2);
        _cluster.Put(Namespace("shop"), generation: 2);
        _cluster.Put(Slice("shop", "web-a", "nobody", "10.1.0.1"));
        Assert.Equal(before, _cluster.View.CurrentZones.Cluster.Serial);
        _cluster.Put(Slice("shop", "web-b", "web", "10.1.0.1"));
        Assert.Equal(before + 10, _cluster.View.CurrentZones.Cluster.Serial);
    }

    [Fact]
    public void List_removes_at_its_end_what_it_did_not_have()
    {
        _cluster.Put(Service("shop", "web", "10.96.0.1"));
        _cluster.Put(Service("shop", "old", "10.96.0.2"));
        _cluster.Put(Service("shop", "web", "10.96.0.1"), generation: 2);
        Assert.StartsWith("NOERROR", _cluster.Ask("old.shop.svc.cluster.local", RecordType.A), StringComparison.Ordinal);
        _cluster.EndList(KubernetesKind.Service, generation: 2);

        Assert.Equal("NXDOMAIN", _cluster.Ask("old.shop.svc.cluster.local", RecordType.A));
        Assert.Equal($"NOERROR {Web}. A 10.96.0.1", _cluster.Ask(Web, RecordType.A));
        Assert.Equal(1, _cluster.View.CountOf(KubernetesKind.Service));
    }

    [Fact]
    public void Until_every_list_is_in_nothing_is_denied_and_no_half_of_the_endpoints_is_told()
    {
        var cluster = new ClusterProbe(_time);
        cluster.View.Await([KubernetesKind.Namespace, KubernetesKind.Service, KubernetesKind.EndpointSlice]);
        cluster.Put(Service("shop", "web"));
        cluster.Put(Service("shop", "api", "10.96.0.1"));
        cluster.Put(Slice("shop", "web-a", "web", "10.1.0.1"));
        Assert.Equal("SERVFAIL", cluster.Ask(Web, RecordType.A));
        Assert.Equal("SERVFAIL", cluster.Ask("1.0.1.10.in-addr.arpa", RecordType.PTR));
        Assert.Equal("NOERROR api.shop.svc.cluster.local. A 10.96.0.1", cluster.Ask("api.shop.svc.cluster.local", RecordType.A));

        cluster.Put(Slice("shop", "web-b", "web", "10.1.0.2"));
        cluster.EndList(KubernetesKind.EndpointSlice);
        Assert.Equal($"NOERROR {Web}. A 10.1.0.1 | {Web}. A 10.1.0.2", cluster.Ask(Web, RecordType.A));
        cluster.EndList(KubernetesKind.Service);
        Assert.Equal("SERVFAIL", cluster.Ask("nobody.shop.svc.cluster.local", RecordType.A));
        Assert.False(cluster.View.Synced);
        cluster.Put(Namespace("shop"));
        cluster.EndList(KubernetesKind.Namespace);
        Assert.True(cluster.View.Synced);
        Assert.Equal("NXDOMAIN", cluster.Ask("nobody.shop.svc.cluster.local", RecordType.A));
    }

    [Fact]
    public void Pod_that_is_put_again_is_never_away_and_its_old_address_is()
    {
        var cluster = new ClusterProbe(_time, options => options.Pods = Engine.PodRecords.Verified);
        cluster.Put(Namespace("shop"));
        cluster.View.SetSynced();
        cluster.Put(new PodObject { Namespace = "shop", Name = "p", IPs = [System.Net.IPAddress.Parse("10.1.0.1")] });
        cluster.Put(new PodObject { Namespace = "shop", Name = "p", IPs = [System.Net.IPAddress.Parse("10.1.0.2")] });

        Assert.Equal("NXDOMAIN", cluster.Ask("10-1-0-1.shop.pod.cluster.local", RecordType.A));
        Assert.StartsWith("NOERROR 10-1-0-2", cluster.Ask("10-1-0-2.shop.pod.cluster.local", RecordType.A), StringComparison.Ordinal);
        cluster.EndList(KubernetesKind.Pod, generation: 2);
        Assert.Equal("NXDOMAIN", cluster.Ask("10-1-0-2.shop.pod.cluster.local", RecordType.A));
    }
}
