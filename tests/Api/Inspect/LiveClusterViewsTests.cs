using System.Text.Json;
using KubeDoH.Engine;
using KubeDoH.Tests.Cluster;
using KubeDoH.Tests.Fakes.ApiServer;

namespace KubeDoH.Tests.Api.Inspect;

/// <summary>What probes and operators see of a cluster that is followed at an API server, over HTTP.</summary>
public sealed class LiveClusterViewsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Every_kind_shows_its_count_and_when_the_server_was_last_heard()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder);
        await using InspectHost host = await StartAsync(server);
        await UntilAsync(async () => (await host.GetAsync("/ready")).Status == 200);

        JsonElement cluster = await ClusterAsync(host);
        JsonElement[] parts = [.. cluster.GetProperty("parts").EnumerateArray()];

        Assert.True(cluster.GetProperty("ready").GetBoolean());
        Assert.Contains("services", parts.Select(part => part.GetProperty("name").GetString()));
        Assert.Contains("endpointslices", parts.Select(part => part.GetProperty("name").GetString()));
        Assert.Contains("namespaces", parts.Select(part => part.GetProperty("name").GetString()));
        Assert.All(parts, part =>
        {
            Assert.True(part.GetProperty("count").GetInt64() > 0, part.GetRawText());
            Assert.InRange(part.GetProperty("watchAge").GetDouble(), 0, Patience.TotalSeconds);
            Assert.True(part.TryGetProperty("heardAt", out _) && part.TryGetProperty("updatedAt", out _), part.GetRawText());
            Assert.False(part.TryGetProperty("lastError", out _), part.GetRawText());
        });
    }

    [Fact]
    public async Task Missing_permission_is_named_by_the_probe_until_it_is_given()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder);
        server.Forbid("list", ApiResource.EndpointSlices);
        await using InspectHost host = await StartAsync(server);

        await UntilAsync(
            async () => (await host.GetAsync("/ready")).Body == "cluster: endpointslices (not allowed to list endpointslices)\n");
        JsonElement part = (await ClusterAsync(host)).GetProperty("parts").EnumerateArray()
            .Single(part => part.GetProperty("name").GetString() == "endpointslices");
        Assert.Equal("list endpointslices", part.GetProperty("lastError").GetProperty("permission").GetString());
        Assert.Equal(200, (await host.GetAsync("/health")).Status);
        Assert.Single(await RecordsAsync(host, "name=secco.dns-playground.svc.cluster.local&type=A"));

        server.Allow("list", ApiResource.EndpointSlices);
        await UntilAsync(async () => (await host.GetAsync("/ready")).Status == 200);
        Assert.Equal(2, (await RecordsAsync(host, "suffix=secco.dns-playground.svc.cluster.local&type=A")).Length);
    }

    [Fact]
    public async Task Server_that_is_away_is_an_error_and_what_is_known_stays()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder);
        await using InspectHost host = await StartAsync(server);
        await UntilAsync(async () => (await host.GetAsync("/ready")).Status == 200);

        server.Away = true;

        await UntilAsync(async () => (await ClusterAsync(host)).GetProperty("parts").EnumerateArray().Any(
            part => part.TryGetProperty("lastError", out _)));
        Assert.Equal(200, (await host.GetAsync("/ready")).Status);
        Assert.Single(await RecordsAsync(host, "name=secco.dns-playground.svc.cluster.local&type=A"));
        server.Away = false;
        await UntilAsync(async () => (await ClusterAsync(host)).GetProperty("parts").EnumerateArray().All(
            part => !part.TryGetProperty("lastError", out _)));
    }

    [Fact]
    public async Task Change_at_the_server_is_listed()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder);
        await using InspectHost host = await StartAsync(server);
        await UntilAsync(async () => (await host.GetAsync("/ready")).Status == 200);

        server.Objects.Delete(ApiResource.Services, "dns-playground", "secco");

        await UntilAsync(async () => (await RecordsAsync(host, "suffix=secco.dns-playground.svc.cluster.local")).Length == 0);
    }

    private static Task<InspectHost> StartAsync(FakeApiServer server) => InspectHost.StartAsync(options =>
    {
        options.Kubernetes.Snapshot = [];
        options.Kubernetes.Server = server.Address;
    });

    private static async Task<JsonElement> ClusterAsync(InspectHost host) => (await host.GetAsync("/api/v1/sources")).Json
        .GetProperty("sources").EnumerateArray().Single(source => source.GetProperty("name").GetString() == "cluster");

    private static async Task<JsonElement[]> RecordsAsync(InspectHost host, string query) =>
        [.. (await host.GetAsync($"/api/v1/records?{query}")).Json.GetProperty("rrsets").EnumerateArray()];

    /// <summary>The server and the clock are real here: asked again until it is so.</summary>
    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        DateTime limit = DateTime.UtcNow + Patience;
        while (!await isSo()) Assert.True(DateTime.UtcNow < limit, "it did not happen in time");
    }
}
