using KubeDoH.Tests.Fakes.ApiServer;

namespace KubeDoH.Tests.Cluster;

/// <summary>The recorded questions, answered from an API server that holds the recorded objects: also after it has misbehaved.</summary>
public class LiveRecordedAnswersTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);

    public static TheoryData<string> Faults() => [.. LiveFaults.All.Keys];

    [Fact]
    public async Task Recorded_questions_are_answered_from_the_api_server()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder);
        await using LiveWorld world = await LiveWorld.SyncedAsync(server);

        Assert.Null(await world.FirstWrongAsync());
    }

    [Fact]
    public async Task Recorded_questions_are_answered_from_pages_of_three()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder);
        await using LiveWorld world = await LiveWorld.SyncedAsync(server, times: new() { PageSize = 3 });

        Assert.Null(await world.FirstWrongAsync());
        Assert.True(server.Seen.Count(request => request.Is("list", ApiResource.Services)) > 5);
    }

    /// <summary>What happens while the fault lasts is learned too: a name comes, and goes again.</summary>
    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Recorded_questions_are_answered_after(string fault)
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder);
        await using LiveWorld world = await LiveWorld.SyncedAsync(server, times: new() { PageSize = 7 });
        string[] unchanged = ["secco.dns-playground.svc.cluster.local. A", "headless.spec.svc.cluster.local. A"];
        await using (Watcher watcher = await Watcher.OfAsync(world, unchanged))
        {
            LiveFaults.All[fault](world);
            Put(server);
            await world.UntilAnswerAsync("met.met.svc.cluster.local. A", "10.9.9.1 10.9.9.2", Step);
            Assert.Empty(watcher.Wrong);
        }

        server.Objects.Delete(ApiResource.EndpointSlices, "met", "met-1");
        server.Objects.Delete(ApiResource.Services, "met", "met");
        server.Objects.Delete(ApiResource.Namespaces, "", "met");
        await world.UntilAnswerAsync("met.svc.cluster.local. A", "NXDOMAIN", Step);
        await world.UntilAnswerAsync("1.9.9.10.in-addr.arpa. PTR", "NXDOMAIN", Step);
        Assert.Null(await world.FirstWrongAsync());
        await world.UntilAsync(() => world.IsWatching && world.Feed.Status().Parts.All(part => part.LastError is null), Step);
    }

    /// <summary>A name that takes an object of each kind.</summary>
    private static void Put(FakeApiServer server)
    {
        server.Objects.Put(ApiResource.EndpointSlices, SampleObjects.Slice("met", "met-1", "met", "10.9.9.1", "10.9.9.2"));
        server.Objects.Put(ApiResource.Services, SampleObjects.Service("met", "met", "None"));
        server.Objects.Put(ApiResource.Namespaces, SampleObjects.Namespace("met"));
    }
}
