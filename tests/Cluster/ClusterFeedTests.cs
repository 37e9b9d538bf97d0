using KubeDoH.Engine;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Fakes.ApiServer;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDoH.Tests.Cluster;

/// <summary>The feed over an API server on loopback: what is there, what changes, what is wrong.</summary>
public sealed class ClusterFeedTests : IAsyncDisposable
{
    private const string Web = "web.shop.svc.cluster.local";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _stopping = new();
    private readonly ClusterProbe _cluster = new(TimeProvider.System);
    private ClusterFeed? _feed;
    private Task _running = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _feed?.Dispose();
        _stopping.Dispose();
    }

    [Fact]
    public async Task Recorded_cluster_is_there()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(Path.Combine(RecordedCluster.Folder, "api"));
        await SyncAsync(server);

        Assert.Equal("NOERROR secco.dns-playground.svc.cluster.local. A 10.101.195.184", _cluster.Ask(
            "secco.dns-playground.svc.cluster.local", RecordType.A));
        Assert.Equal("NXDOMAIN", _cluster.Ask("nobody.dns-playground.svc.cluster.local", RecordType.A));
        SourceStatus status = _feed!.Status();
        Assert.True(status.Ready);
        Assert.Equal(["namespaces", "endpointslices", "services"], status.Parts.Select(part => part.Name));
        Assert.All(
            status.Parts, part => Assert.True(part is { Count: > 0, Skipped: 0, LastError: null, HeardAt: not null, UpdatedAt: not null }));
    }

    [Fact]
    public async Task Change_is_seen_and_outlives_a_cut_and_a_compaction()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync();
        server.Objects.Put(ApiResource.Namespaces, """{"metadata":{"name":"shop"}}""");
        await SyncAsync(server);
        server.Objects.Put(ApiResource.Services, Service("10.96.0.1"));
        await UntilAsync(() => _cluster.Ask(Web, RecordType.A) == $"NOERROR {Web}. A 10.96.0.1");
        server.Order(ApiFault.Cut);
        server.Objects.Put(ApiResource.Services, Service("10.96.0.2"));
        await UntilAsync(() => _cluster.Ask(Web, RecordType.A) == $"NOERROR {Web}. A 10.96.0.2");
        server.Away = true;
        server.Objects.Put(ApiResource.Services, Service("10.96.0.3"));
        server.Objects.Compact();
        await UntilAsync(() => _feed!.Status().Parts.All(part => part.LastError is not null));
        Assert.Equal($"NOERROR {Web}. A 10.96.0.2", _cluster.Ask(Web, RecordType.A));
        server.Away = false;
        await UntilAsync(() => _cluster.Ask(Web, RecordType.A) == $"NOERROR {Web}. A 10.96.0.3");
        await UntilAsync(() => _feed!.Status().Parts.All(part => part.LastError is null));
    }

    [Fact]
    public async Task Objects_that_make_no_sense_are_skipped_and_end_nothing()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync();
        server.Objects.Put(ApiResource.Namespaces, """{"metadata":{"name":"shop"}}""");
        server.Objects.PutRaw(ApiResource.Services, "none", "{}");
        server.Objects.PutRaw(ApiResource.Services, "number", "7");
        server.Objects.PutRaw(ApiResource.Services, "list", """{"metadata":[]}""");
        server.Objects.PutRaw(
            ApiResource.Services, "address", """{"metadata":{"name":"a","namespace":"shop"},"spec":{"clusterIP":"10.0.0.500"}}""");
        await SyncAsync(server);
        Assert.Equal(4, _feed!.Status().Parts.Single(part => part.Name == "services").Skipped);
        server.Objects.PutRaw(ApiResource.Services, "name", """{"metadata":{"name":"no_label","namespace":"shop"}}""");
        server.Objects.Put(ApiResource.Services, Service("10.96.0.1"));
        await UntilAsync(() => _cluster.Ask(Web, RecordType.A) == $"NOERROR {Web}. A 10.96.0.1");
        Assert.Equal(5, _feed.Status().Parts.Single(part => part.Name == "services").Skipped);
    }

    [Fact]
    public async Task Without_a_permission_the_rest_is_served_and_the_line_names_verb_and_resource()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync();
        server.Forbid("list", ApiResource.Namespaces);
        server.Objects.Put(ApiResource.Services, Service("10.96.0.1"));
        await FollowAsync(server);
        await UntilAsync(() => _cluster.Ask(Web, RecordType.A) == $"NOERROR {Web}. A 10.96.0.1");
        await UntilAsync(() => _feed!.Status().Parts[0].LastError is not null);

        Assert.Equal("SERVFAIL", _cluster.Ask("nobody.shop.svc.cluster.local", RecordType.A));
        Assert.StartsWith("may not list namespaces: 403 Forbidden", _feed!.Status().Parts[0].LastError!.Text, StringComparison.Ordinal);
        Assert.False(_feed.Status().Ready);
        server.Allow("list", ApiResource.Namespaces);
        server.Objects.Put(ApiResource.Namespaces, """{"metadata":{"name":"shop"}}""");
        await UntilAsync(() => _feed.Status().Ready);
        Assert.Equal("NXDOMAIN", _cluster.Ask("nobody.shop.svc.cluster.local", RecordType.A));
    }

    private static string Service(string address) =>
        $$$"""{"metadata":{"name":"web","namespace":"shop"},"spec":{"clusterIP":"{{{address}}}","clusterIPs":["{{{address}}}"],"ports":[{"port":80}]}}""";

    private async Task FollowAsync(FakeApiServer server)
    {
        var options = new KubernetesOptions { Server = server.Address };
        var times =
            new WatchTimes { PageSize = 7, FirstPause = TimeSpan.FromMilliseconds(20), LongestPause = TimeSpan.FromMilliseconds(100) };
        _feed = new ClusterFeed(
            ServerAccess.Of(options), options, _cluster.View, times, TimeProvider.System, new Random(1), NullLogger<ClusterFeed>.Instance);
        await _feed.LoadAsync(_stopping.Token);
        _running = _feed.RunAsync(_stopping.Token);
    }

    /// <summary>Follows, until all of it has been listed.</summary>
    private async Task SyncAsync(FakeApiServer server)
    {
        await FollowAsync(server);
        await UntilAsync(() => _feed!.Status().Ready);
    }

    /// <summary>Looks again and again: what is awaited comes over a socket, and nothing here signals it.</summary>
    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!isSo()) await Task.Delay(5, patience.Token);
    }
}
