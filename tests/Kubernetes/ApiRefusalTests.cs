using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Tests.Cluster;
using KubeDoH.Tests.Fakes.ApiServer;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Kubernetes;

/// <summary>What the client does when the API server says no, or later, or nothing at all.</summary>
public class ApiRefusalTests
{
    private const string Secco = "secco.dns-playground.svc.cluster.local. A";
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task Missing_permission_is_named_and_nothing_else_suffers()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(Cluster.RecordedCluster.ApiFolder);
        server.Forbid("list", ApiResource.EndpointSlices);
        await using LiveWorld world = LiveWorld.Start(server);

        await world.UntilAnswerAsync(Secco, "10.101.195.184");
        await world.UntilAsync(() => world.Part("endpointslices").LastError is not null);

        Assert.Single(world.Log.All, line => line.StartsWith("Warning: Kubernetes: may not list endpointslices", StringComparison.Ordinal));
        SourcePart slices = world.Part("endpointslices");
        Assert.Equal((false, "list endpointslices"), (slices.Ready, slices.LastError!.Permission));
        Assert.True(world.Part("services").Ready && world.Part("namespaces").Ready);
        Assert.Equal("SERVFAIL", await world.DataAsync("nobody.dns-playground.svc.cluster.local. A"));

        server.Allow("list", ApiResource.EndpointSlices);
        await world.UntilAnswerAsync("nobody.dns-playground.svc.cluster.local. A", "NXDOMAIN", Step);
        Assert.Null(await world.FirstWrongAsync());
        Assert.Null(world.Part("endpointslices").LastError);
    }

    [Fact]
    public async Task Permission_to_list_alone_gives_the_listed_names()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(Cluster.RecordedCluster.ApiFolder);
        server.Forbid("watch", ApiResource.Services);
        await using LiveWorld world = LiveWorld.Start(server);

        await world.UntilAsync(() => world.Part("services").LastError is not null);

        Assert.Equal("10.101.195.184", await world.DataAsync(Secco));
        Assert.Equal("watch services", world.Part("services").LastError!.Permission);
        Assert.Contains(world.Log.All, line => line.Contains("may not watch services", StringComparison.Ordinal));
    }

    /// <summary>The kubelet writes a new token into the file; the server has stopped taking the old one.</summary>
    [Fact]
    public async Task Token_that_rotates_is_read_anew()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Root, "token");
        await File.WriteAllTextAsync(file, "first", TestContext.Current.CancellationToken);
        await using FakeApiServer server = await FakeApiServer.StartAsync(Cluster.RecordedCluster.ApiFolder);
        server.Token = "first";
        await using LiveWorld world = await LiveWorld.SyncedAsync(server, options => options.TokenFile = file);

        server.Token = "second";
        server.Order(ApiFault.Cut);
        server.Objects.Delete(ApiResource.Services, "dns-playground", "secco");
        await world.UntilAsync(() => world.Part("services").LastError is not null, Step);
        Assert.Equal("10.101.195.184", await world.DataAsync(Secco));

        await File.WriteAllTextAsync(file, "second\n", TestContext.Current.CancellationToken);
        await world.UntilAnswerAsync(Secco, "NXDOMAIN", Step);
        string log = string.Join('\n', world.Log.All);
        Assert.DoesNotContain("first", log, StringComparison.Ordinal);
        Assert.DoesNotContain("second", log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Retry_After_is_honoured(int code)
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(Cluster.RecordedCluster.ApiFolder);
        server.Faults.Next(ApiFault.Fail(code, retryAfter: 20), "list", ApiResource.Services);
        await using LiveWorld world = LiveWorld.Start(server);
        await world.UntilAsync(() => world.Part("services").LastError is not null);
        DateTimeOffset refused = world.Time.GetUtcNow();

        await world.UntilAsync(() => Lists(server) > 1, Step);

        Assert.InRange(world.Time.GetUtcNow() - refused, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(25));
        await world.UntilAnswerAsync(Secco, "10.101.195.184");
    }

    /// <summary>The pauses double up to their longest; chance takes up to half of each away.</summary>
    [Fact]
    public async Task Pauses_grow_with_each_failure_and_are_short_again_after_a_success()
    {
        WatchTimes times = new() { FirstPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromSeconds(8) };
        await using FakeApiServer server = await FakeApiServer.StartAsync(Cluster.RecordedCluster.ApiFolder);
        server.Faults.Always(ApiFault.Fail(500), "list", ApiResource.Services);
        await using LiveWorld world = LiveWorld.Start(server, times: times);
        await world.UntilAsync(() => world.Part("services").LastError is not null);
        foreach (int most in (int[])[1, 2, 4, 8, 8, 8])
        {
            int before = Lists(server);
            DateTimeOffset failed = world.Time.GetUtcNow();
            await world.UntilAsync(() => Lists(server) > before, Step);
            Assert.InRange((world.Time.GetUtcNow() - failed).TotalSeconds, (most / 2.0) - 0.3, most + 1.5);
        }

        server.Faults.Clear();
        await world.UntilAsync(() => world.IsWatching, Step);
        int watches = server.Seen.Count;
        world.Time.Advance(TimeSpan.FromSeconds(2));
        server.Order(ApiFault.Cut, ApiResource.Services);
        DateTimeOffset cut = world.Time.GetUtcNow();
        await world.UntilAsync(() => server.Seen.Count > watches, Step);
        Assert.InRange(world.Time.GetUtcNow() - cut, TimeSpan.Zero, TimeSpan.FromSeconds(2.5));
    }

    [Fact]
    public async Task Failure_is_logged_once_however_often_it_happens()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(Cluster.RecordedCluster.ApiFolder);
        server.Faults.Always(ApiFault.Fail(500), "list", ApiResource.Services);
        await using LiveWorld world = LiveWorld.Start(server);
        await world.UntilAsync(() => Lists(server) > 5, Step);

        Assert.Single(world.Log.All, line => line.Contains("could not list services", StringComparison.Ordinal));
    }

    private static int Lists(FakeApiServer server) => server.Seen.Count(request => request.Is("list", ApiResource.Services));
}
