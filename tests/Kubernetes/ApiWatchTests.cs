using KubeDoH.Tests.Cluster;
using KubeDoH.Tests.Fakes.ApiServer;

namespace KubeDoH.Tests.Kubernetes;

/// <summary>How the client goes on after a watch has ended, whichever way it did.</summary>
public class ApiWatchTests
{
    private const string Secco = "secco.dns-playground.svc.cluster.local. A";
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watch_that_was_cut_is_resumed_behind_its_last_event_without_a_list()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(Cluster.RecordedCluster.ApiFolder);
        await using LiveWorld world = await LiveWorld.SyncedAsync(server);
        ApiObject last = server.Objects.Put(ApiResource.Services, SampleObjects.Service("default", "late", "10.96.9.9"));
        await world.UntilAnswerAsync("late.default.svc.cluster.local. A", "10.96.9.9");
        int before = server.Seen.Count;
        server.Order(ApiFault.Cut, ApiResource.Services);
        server.Objects.Delete(ApiResource.Services, "default", "late");

        await world.UntilAnswerAsync("late.default.svc.cluster.local. A", "NXDOMAIN", Step);

        ApiRequest[] after = [.. server.Seen.Skip(before)];
        Assert.Equal($"{last.Version}", after.First(request => request.Is("watch", ApiResource.Services)).ResourceVersion);
        Assert.DoesNotContain(after, request => request.Verb == "list");
    }

    /// <summary>No service changes for so long that the log no longer knows the last version; a bookmark has said a later one.</summary>
    [Fact]
    public async Task Bookmark_is_where_a_watch_resumes()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(Cluster.RecordedCluster.ApiFolder);
        await using LiveWorld world = await LiveWorld.SyncedAsync(server);
        server.Objects.Put(ApiResource.Pods, """{"metadata":{"name":"p","namespace":"default"},"spec":{},"status":{}}""");
        server.Objects.Compact();
        long bookmark = server.Objects.Version;
        DateTimeOffset heard = world.Time.GetUtcNow();
        world.Time.Advance(TimeSpan.FromSeconds(1));
        server.Objects.Put(ApiResource.Services, SampleObjects.Service("default", "tick", "10.96.9.1"));
        await world.UntilAnswerAsync("tick.default.svc.cluster.local. A", "10.96.9.1");
        server.Order(ApiFault.Bookmark);
        await world.UntilAsync(() => world.Part("namespaces").HeardAt > heard);
        int before = server.Seen.Count;
        server.Order(ApiFault.Cut);

        await world.UntilAsync(() => server.Seen.Skip(before).Count(request => request.Verb == "watch") >= 3, Step);
        await world.UntilAsync(() => world.IsWatching, Step);

        Assert.All(
            server.Seen.Skip(before),
            request => Assert.True(request.Verb == "watch" && long.Parse(request.ResourceVersion) >= bookmark, $"{request}"));
    }

    [Fact]
    public async Task Watch_that_is_gone_lists_its_own_kind_anew_and_no_other()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(Cluster.RecordedCluster.ApiFolder);
        await using LiveWorld world = await LiveWorld.SyncedAsync(server);
        int before = server.Seen.Count;
        server.Faults.NextEvent(ApiFault.Gone, ApiResource.Services);
        server.Objects.Put(ApiResource.Services, SampleObjects.Service("default", "late", "10.96.9.9"));

        await world.UntilAnswerAsync("late.default.svc.cluster.local. A", "10.96.9.9", Step);

        Assert.All(server.Seen.Skip(before), request => Assert.Equal(ApiResource.Services, request.Resource));
        Assert.Contains(server.Seen.Skip(before), request => request.Verb == "list");
    }

    [Fact]
    public async Task Watch_asks_for_bookmarks_and_an_end()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(Cluster.RecordedCluster.ApiFolder);
        await using LiveWorld world = await LiveWorld.SyncedAsync(server);

        Assert.All(server.Watches, watch => Assert.True(watch.Request.Bookmarks && watch.Request.TimeoutSeconds is >= 60 and <= 3600));
    }

    /// <summary>The connection stays open and says nothing, as behind a gateway that has forgotten it.</summary>
    [Fact]
    public async Task Silent_watch_is_noticed_and_renewed()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(Cluster.RecordedCluster.ApiFolder);
        await using LiveWorld world = await LiveWorld.SyncedAsync(server);
        server.Faults.NextEvent(ApiFault.Silent, ApiResource.Services);
        await using Watcher watcher = await Watcher.OfAsync(world, Secco);
        server.Objects.Put(ApiResource.Services, SampleObjects.Service("default", "late", "10.96.9.9"));
        DateTimeOffset before = world.Time.GetUtcNow();

        await world.UntilAnswerAsync("late.default.svc.cluster.local. A", "10.96.9.9", TimeSpan.FromSeconds(1));

        Assert.InRange(world.Time.GetUtcNow() - before, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(6));
        Assert.Empty(watcher.Wrong);
    }

    [Fact]
    public async Task Event_that_comes_octet_by_octet_is_one_event()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(Cluster.RecordedCluster.ApiFolder);
        await using LiveWorld world = await LiveWorld.SyncedAsync(server);
        var gate = new ApiGate();
        server.Faults.NextEvent(ApiFault.Drip(gate), ApiResource.Services);
        server.Objects.Change(ApiResource.Services, "dns-playground", "secco", tree => SetAddress(tree, "10.96.9.9"));
        await gate.Reached;
        gate.Pass(700);

        Assert.Equal("10.101.195.184", await world.DataAsync(Secco));
        gate.OpenUp();
        await world.UntilAnswerAsync(Secco, "10.96.9.9");
        Assert.Single(server.Seen, request => request.Is("watch", ApiResource.Services));
    }

    [Fact]
    public async Task Watch_by_label_follows_objects_that_come_into_it_and_leave_it()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(Cluster.RecordedCluster.ApiFolder);
        await using LiveWorld world = await LiveWorld.SyncedAsync(server, options => options.NamespaceLabels = "tier=front");
        Assert.Equal("NXDOMAIN", await world.DataAsync(Secco));
        server.Objects.Change(ApiResource.Namespaces, "", "dns-playground", tree => tree["metadata"]!["labels"]!["tier"] = "front");
        await world.UntilAnswerAsync(Secco, "10.101.195.184");
        server.Objects.Change(ApiResource.Namespaces, "", "dns-playground", tree => tree["metadata"]!["labels"]!["tier"] = "back");
        await world.UntilAnswerAsync(Secco, "NXDOMAIN");
    }

    private static void SetAddress(System.Text.Json.Nodes.JsonObject service, string address)
    {
        service["spec"]!["clusterIP"] = address;
        service["spec"]!["clusterIPs"] = new System.Text.Json.Nodes.JsonArray(address);
    }
}
