using KubeDoH.Tests.Fakes.ApiServer;
using KubeDoH.Tests.Replay;

namespace KubeDoH.Tests.Cluster;

/// <summary>Before the first lists are in, and while the server is away: nothing unknown is denied, nothing known is forgotten.</summary>
public class LiveStartTests
{
    private const string Secco = "secco.dns-playground.svc.cluster.local. A";
    private const string Nobody = "nobody.dns-playground.svc.cluster.local. A";
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData("namespaces")]
    [InlineData("services")]
    [InlineData("endpointslices")]
    public async Task Unknown_name_is_SERVFAIL_with_a_reason_until_every_first_list_is_in(string late)
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder);
        var gate = new ApiGate();
        server.Faults.Next(ApiFault.Hold(gate), "list", ApiResource.All.Single(resource => resource.Plural == late));
        await using LiveWorld world = LiveWorld.Start(server);
        await world.UntilAsync(() => world.Feed.Status().Parts.Count(part => part.Ready) == 2);

        foreach (string question in (string[])[Nobody, "no-such.svc.cluster.local. A", "9.9.9.10.in-addr.arpa. PTR"])
        {
            Reply reply = await world.AskAsync(question);
            Assert.Equal(("SERVFAIL", 14), (reply.Rcode, reply.ExtendedError?.Code));
        }

        Assert.Equal("192.0.2.53", await world.DataAsync("www.example.com. A"));
        Assert.False(world.Feed.Status().Ready);
        gate.OpenUp();
        await world.UntilAnswerAsync(Nobody, "NXDOMAIN");
        Assert.True(world.Feed.Status().Ready);
        Assert.Null(await world.FirstWrongAsync());
    }

    /// <summary>Between two pages of its first list a service is known already, and its neighbour on the next page not denied.</summary>
    [Fact]
    public async Task First_page_is_answered_before_the_second_is_in()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder);
        var gate = new ApiGate();
        server.Faults.Next(ApiFault.None, "list", ApiResource.Services);
        server.Faults.Next(ApiFault.Hold(gate), "list", ApiResource.Services);
        await using LiveWorld world = LiveWorld.Start(server, times: new() { PageSize = 2 });
        await gate.Reached;

        await world.UntilAnswerAsync(Secco, "10.101.195.184");
        Assert.Equal("SERVFAIL", await world.DataAsync("dual.spec.svc.cluster.local. A"));
        gate.OpenUp();
        await world.UntilAsync(() => world.IsWatching);
        Assert.Null(await world.FirstWrongAsync());
    }

    [Fact]
    public async Task Server_that_is_away_at_the_start_is_found_when_it_comes()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder);
        server.Away = true;
        await using LiveWorld world = LiveWorld.Start(server);
        await world.UntilAsync(() => world.Feed.Status().Parts.All(part => part.LastError is not null), Step);
        Assert.Equal("SERVFAIL", await world.DataAsync(Secco));
        Assert.Equal("203.0.113.9", await world.DataAsync("dns-playground.external. A"));

        server.Away = false;
        await world.UntilAsync(() => world.IsWatching, Step);
        Assert.Null(await world.FirstWrongAsync());
    }

    [Fact]
    public async Task Known_names_are_answered_for_as_long_as_the_server_is_away()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder);
        await using LiveWorld world = await LiveWorld.SyncedAsync(server);
        DateTimeOffset? heard = world.Part("services").HeardAt;
        server.Away = true;
        for (int minute = 0; minute < 12 * 60; minute++)
        {
            world.Time.Advance(TimeSpan.FromMinutes(1));
            if (minute % 60 == 0) await world.UntilAsync(() => world.Feed.Status().Parts.All(part => part.LastError is not null), Step);
        }

        Assert.Null(await world.FirstWrongAsync());
        Assert.True(world.Feed.Status().Ready);
        Assert.InRange(world.Part("services").HeardAt!.Value - heard!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(2));
        int complaints = world.Log.All.Count(line => line.Contains("could not watch services", StringComparison.Ordinal));
        Assert.InRange(complaints, 1, 4);

        server.Away = false;
        server.Objects.Delete(ApiResource.Services, "dns-playground", "secco");
        server.Objects.Compact();
        await world.UntilAnswerAsync(Secco, "NXDOMAIN", Step);
        Assert.Contains(world.Log.All, line => line.Contains("are followed again", StringComparison.Ordinal));
    }
}
