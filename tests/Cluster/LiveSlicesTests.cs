using System.Text.Json.Nodes;
using KubeDoH.Tests.Fakes.ApiServer;

namespace KubeDoH.Tests.Cluster;

/// <summary>Services and the slices of their endpoints, as they come, change and go in a cluster that lives.</summary>
public sealed class LiveSlicesTests : IAsyncLifetime
{
    private FakeApiServer _server = null!;
    private LiveWorld _world = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await FakeApiServer.StartAsync();
        _server.Objects.Put(ApiResource.Namespaces, SampleObjects.Namespace("shop"));
        _world = await LiveWorld.SyncedAsync(_server);
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Several_slices_are_one_service_and_a_duplicate_is_one_record()
    {
        Put(ApiResource.Services, SampleObjects.Service("shop", "db", "None"));
        Put(ApiResource.EndpointSlices, SampleObjects.Slice("shop", "db-1", "db", "10.1.0.1", "10.1.0.2"));
        Put(ApiResource.EndpointSlices, SampleObjects.Slice("shop", "db-2", "db", "10.1.0.2", "10.1.0.3"));
        await SaysAsync("db", "10.1.0.1 10.1.0.2 10.1.0.3");

        _server.Objects.Delete(ApiResource.EndpointSlices, "shop", "db-1");
        await SaysAsync("db", "10.1.0.2 10.1.0.3");
        await SaysAsync("10-1-0-1.db", "NXDOMAIN");
        await _world.UntilAnswerAsync("2.0.1.10.in-addr.arpa. PTR", "10-1-0-2.db.shop.svc.cluster.local.");
    }

    [Fact]
    public async Task Slice_before_its_service_waits_for_it_and_one_without_stays_silent()
    {
        Put(ApiResource.EndpointSlices, SampleObjects.Slice("shop", "late-1", "late", "10.1.0.1"));
        Put(ApiResource.EndpointSlices, SampleObjects.Slice("shop", "orphan-1", "orphan", "10.1.0.9"));
        Put(ApiResource.Services, SampleObjects.Service("shop", "mark", "10.96.0.1"));
        await SaysAsync("mark", "10.96.0.1");
        Assert.Equal("NXDOMAIN", await _world.DataAsync("late.shop.svc.cluster.local. A"));

        Put(ApiResource.Services, SampleObjects.Service("shop", "late", "None"));
        await SaysAsync("late", "10.1.0.1");
        Assert.Equal("NXDOMAIN", await _world.DataAsync("orphan.shop.svc.cluster.local. A"));
        Assert.Equal("NXDOMAIN", await _world.DataAsync("9.0.1.10.in-addr.arpa. PTR"));
    }

    [Fact]
    public async Task Endpoint_that_moves_between_slices_and_services_is_where_it_was_put_last()
    {
        Put(ApiResource.Services, SampleObjects.Service("shop", "a", "None"));
        Put(ApiResource.Services, SampleObjects.Service("shop", "b", "None"));
        Put(ApiResource.EndpointSlices, SampleObjects.Slice("shop", "x", "a", "10.1.0.1"));
        await SaysAsync("a", "10.1.0.1");

        Put(ApiResource.EndpointSlices, SampleObjects.Slice("shop", "x", "b", "10.1.0.1"));
        await SaysAsync("b", "10.1.0.1");
        await SaysAsync("a", "NXDOMAIN");
        await _world.UntilAnswerAsync("1.0.1.10.in-addr.arpa. PTR", "10-1-0-1.b.shop.svc.cluster.local.");
    }

    [Fact]
    public async Task Ready_decides_and_its_absence_means_yes()
    {
        Put(ApiResource.Services, SampleObjects.Service("shop", "db", "None"));
        JsonObject leaving = SampleObjects.Endpoint("10.1.0.3", ready: false);
        leaving["conditions"]!["terminating"] = true;
        JsonObject published = SampleObjects.Endpoint("10.1.0.4");
        published["conditions"]!["serving"] = false;
        Put(ApiResource.EndpointSlices, SampleObjects.SliceOf(
            "shop", "db-1", "db",
            SampleObjects.Endpoint("10.1.0.1", ready: null), SampleObjects.Endpoint("10.1.0.2", ready: false), leaving, published));
        await SaysAsync("db", "10.1.0.1 10.1.0.4");

        Put(ApiResource.EndpointSlices, SampleObjects.SliceOf("shop", "db-1", "db", SampleObjects.Endpoint("10.1.0.2")));
        await SaysAsync("db", "10.1.0.2");
    }

    /// <summary>Kubernetes sets no length to the labels of a pod's name; a static pod of a node with a long name has such a one.</summary>
    [Fact]
    public async Task Endpoint_of_a_pod_with_a_name_longer_than_a_label_is_an_endpoint()
    {
        Put(ApiResource.Services, SampleObjects.Service("shop", "db", "None"));
        JsonObject endpoint = SampleObjects.Endpoint("10.1.0.1");
        endpoint["targetRef"] = new JsonObject { ["kind"] = "Pod", ["name"] = new string('p', 80) };
        Put(ApiResource.EndpointSlices, SampleObjects.SliceOf("shop", "db-1", "db", endpoint));
        await SaysAsync("db", "10.1.0.1");
    }

    [Fact]
    public async Task Both_families_have_slices_of_their_own()
    {
        Put(ApiResource.Services, SampleObjects.Service("shop", "db", "None"));
        Put(ApiResource.EndpointSlices, SampleObjects.Slice("shop", "db-4", "db", "10.1.0.1"));
        Put(ApiResource.EndpointSlices, SampleObjects.Slice("shop", "db-6", "db", "fd00::1"));
        await SaysAsync("db", "10.1.0.1");
        await _world.UntilAnswerAsync("db.shop.svc.cluster.local. AAAA", "fd00::1");
    }

    [Fact]
    public async Task ExternalName_becomes_a_cluster_address_and_an_alias_again()
    {
        Put(ApiResource.Services, SampleObjects.ExternalName("shop", "ext", "www.example.com"));
        await _world.UntilAnswerAsync("ext.shop.svc.cluster.local. CNAME", "www.example.com.");
        Put(ApiResource.Services, SampleObjects.Service("shop", "ext", "10.96.0.5"));
        await SaysAsync("ext", "10.96.0.5");
        Assert.Equal("NODATA", await _world.DataAsync("ext.shop.svc.cluster.local. CNAME"));
        Put(ApiResource.Services, SampleObjects.ExternalName("shop", "ext", "www.example.com"));
        await SaysAsync("ext", "192.0.2.53 www.example.com.");
        await _world.UntilAnswerAsync("5.0.96.10.in-addr.arpa. PTR", "NXDOMAIN");
    }

    [Fact]
    public async Task Service_that_is_made_anew_has_its_new_address_alone()
    {
        Put(ApiResource.Services, SampleObjects.Service("shop", "web", "10.96.0.7"));
        await SaysAsync("web", "10.96.0.7");
        _server.Objects.Delete(ApiResource.Services, "shop", "web");
        Put(ApiResource.Services, SampleObjects.Service("shop", "web", "10.96.0.8"));
        await SaysAsync("web", "10.96.0.8");
        await _world.UntilAnswerAsync("7.0.96.10.in-addr.arpa. PTR", "NXDOMAIN");
        await _world.UntilAnswerAsync("8.0.96.10.in-addr.arpa. PTR", "web.shop.svc.cluster.local.");
    }

    [Fact]
    public async Task Namespace_goes_with_all_that_is_in_it()
    {
        Put(ApiResource.Namespaces, SampleObjects.Namespace("gone"));
        Put(ApiResource.Services, SampleObjects.Service("gone", "web", "10.96.0.9"));
        Put(ApiResource.Services, SampleObjects.Service("gone", "db", "None"));
        Put(ApiResource.EndpointSlices, SampleObjects.Slice("gone", "db-1", "db", "10.1.0.1"));
        await _world.UntilAnswerAsync("db.gone.svc.cluster.local. A", "10.1.0.1");

        _server.Objects.DeleteAll(ApiResource.EndpointSlices, "gone");
        _server.Objects.DeleteAll(ApiResource.Services, "gone");
        _server.Objects.Delete(ApiResource.Namespaces, "", "gone");

        foreach (string name in (string[])["web.gone", "db.gone", "gone", "10-1-0-1.db.gone"])
            await _world.UntilAnswerAsync($"{name}.svc.cluster.local. A", "NXDOMAIN");
        await _world.UntilAnswerAsync("1.0.1.10.in-addr.arpa. PTR", "NXDOMAIN");
        await _world.UntilAnswerAsync("9.0.96.10.in-addr.arpa. PTR", "NXDOMAIN");
    }

    [Fact]
    public async Task Verified_pod_names_follow_the_pods()
    {
        await using LiveWorld world = await LiveWorld.SyncedAsync(_server, options => options.Pods = Engine.PodRecords.Verified);
        Assert.Equal("NXDOMAIN", await world.DataAsync("10-1-0-7.shop.pod.cluster.local. A"));
        _server.Objects.Put(ApiResource.Pods, """
            {"metadata":{"name":"p","namespace":"shop"},"spec":{"containers":[]},
            "status":{"phase":"Running","podIP":"10.1.0.7","podIPs":[{"ip":"10.1.0.7"}]}}
            """);
        await world.UntilAnswerAsync("10-1-0-7.shop.pod.cluster.local. A", "10.1.0.7");
        _server.Objects.Change(ApiResource.Pods, "shop", "p", tree => tree["status"]!["phase"] = "Succeeded");
        await world.UntilAnswerAsync("10-1-0-7.shop.pod.cluster.local. A", "NXDOMAIN");
    }

    private void Put(ApiResource resource, JsonObject tree) => _server.Objects.Put(resource, tree);

    private Task SaysAsync(string service, string data) => _world.UntilAnswerAsync($"{service}.shop.svc.cluster.local. A", data);
}
