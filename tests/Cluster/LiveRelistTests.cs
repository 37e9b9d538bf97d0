using KubeDoH.Tests.Fakes.ApiServer;

namespace KubeDoH.Tests.Cluster;

/// <summary>While everything is listed anew: what stayed is answered throughout, what went until the last page is in.</summary>
public class LiveRelistTests
{
    private const string Stays = "secco.dns-playground.svc.cluster.local. A";
    private const string StaysHeadless = "headless.spec.svc.cluster.local. A";
    private const string Pointer = "184.195.101.10.in-addr.arpa. PTR";
    private const string Goes = "zerocalcare.dns-playground.svc.cluster.local. A";
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task Name_that_stayed_never_blinks_and_one_that_went_ends_with_the_last_page()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder);
        await using LiveWorld world = await LiveWorld.SyncedAsync(server, times: new() { PageSize = 3 });
        await using Watcher watcher = await Watcher.OfAsync(world, Stays, StaysHeadless, Pointer, "spec.svc.cluster.local. A");
        await using Watcher leaving = await Watcher.OfAsync(world, Goes);
        var last = new ApiGate();
        Lose(server, last);
        await world.UntilAsync(() => last.Reached.IsCompleted, Step);
        await RoundsAsync(world, watcher, leaving);

        Assert.Empty(leaving.Wrong);
        last.OpenUp();
        await world.UntilAnswerAsync(Goes, "NXDOMAIN", Step);
        await RoundsAsync(world, watcher);
        Assert.Empty(watcher.Wrong);
    }

    /// <summary>The token of the second page is too old by the time it is used; the list begins anew, and the gap is never seen.</summary>
    [Fact]
    public async Task Page_that_expires_begins_the_list_anew_without_a_gap()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder);
        await using LiveWorld world = await LiveWorld.SyncedAsync(server, times: new() { PageSize = 5 });
        await using Watcher watcher = await Watcher.OfAsync(world, Stays, StaysHeadless, Pointer);
        var second = new ApiGate();
        server.Objects.Compact();
        server.Faults.Next(ApiFault.None, "list", ApiResource.Services);
        server.Faults.Next(ApiFault.Hold(second), "list", ApiResource.Services);
        server.Order(ApiFault.Cut, ApiResource.Services);
        await world.UntilAsync(() => second.Reached.IsCompleted, Step);
        server.Objects.Delete(ApiResource.Services, "dns-playground", "zerocalcare");
        server.Objects.Compact();
        second.OpenUp();

        await world.UntilAnswerAsync(Goes, "NXDOMAIN", Step);
        await RoundsAsync(world, watcher);
        Assert.Empty(watcher.Wrong);
        await world.UntilAsync(() => world.Part("services").LastError is null, Step);
    }

    /// <summary>Everything is deleted and comes back while no watch sees it: the next list says that nothing happened.</summary>
    [Fact]
    public async Task Objects_that_are_back_before_the_next_list_were_never_away()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder);
        await using LiveWorld world = await LiveWorld.SyncedAsync(server);
        await using Watcher watcher = await Watcher.OfAsync(world, Stays, StaysHeadless, Pointer);
        server.Order(ApiFault.Silent);
        server.Away = true;
        foreach (ApiResource resource in ApiResource.All) server.Objects.DeleteAll(resource);
        server.Load(RecordedCluster.ApiFolder);
        server.Objects.Compact();
        server.Away = false;

        await world.UntilAsync(() => world.IsWatching && server.Seen.Count(request => request.Is("list", ApiResource.Services)) > 1, Step);
        await RoundsAsync(world, watcher);
        Assert.Empty(watcher.Wrong);
        Assert.Null(await world.FirstWrongAsync());
    }

    [Fact]
    public async Task Everything_deleted_is_nothing_answered()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder);
        await using LiveWorld world = await LiveWorld.SyncedAsync(server);
        foreach (ApiResource resource in ApiResource.All) server.Objects.DeleteAll(resource);

        string[] names = [Stays, Goes, StaysHeadless, "spec.svc.cluster.local. A", "kubernetes.default.svc.cluster.local. A"];
        foreach (string name in names)
            await world.UntilAnswerAsync(name, "NXDOMAIN");
        await world.UntilAsync(() => world.Feed.Status().Parts.All(part => part is { Ready: true, Count: 0 }));
    }

    /// <summary>Deletes a service behind the back of the watches, and holds back the last page of the list that will say so.</summary>
    private static void Lose(FakeApiServer server, ApiGate last)
    {
        int pages = (server.Objects.Read(ApiResource.Services).Objects.Length - 1 + 2) / 3;
        for (int page = 1; page < pages; page++) server.Faults.Next(ApiFault.None, "list", ApiResource.Services);
        server.Faults.Next(ApiFault.Hold(last), "list", ApiResource.Services);
        server.Faults.NextEvent(ApiFault.Cut, ApiResource.Services);
        server.Objects.Delete(ApiResource.Services, "dns-playground", "zerocalcare");
        server.Objects.Compact();
    }

    /// <summary>Lets each of them ask everything once more, from beginning to end.</summary>
    private static async Task RoundsAsync(LiveWorld world, params Watcher[] watchers)
    {
        foreach (Watcher watcher in watchers)
        {
            long rounds = watcher.Rounds;
            await world.UntilAsync(() => watcher.Rounds >= rounds + 2);
        }
    }
}
