using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Resolution;
using KubeDoH.Tests.Api.Inspect;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Api.Hosting;

/// <summary>What probes are told.</summary>
public sealed class HealthEndpointsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("/health")]
    [InlineData("/ready")]
    public async Task All_is_well(string path)
    {
        await using InspectHost host = await InspectHost.StartAsync();

        InspectReply reply = await host.GetAsync(path);

        Assert.Equal((200, "text/plain", "OK\n"), (reply.Status, reply.MediaType, reply.Body));
    }

    [Fact]
    public async Task Process_is_healthy_before_it_is_ready_and_ready_once_its_sources_are()
    {
        string path = _folder.PathOf("cluster.yaml");
        await using InspectHost host = await InspectHost.StartAsync(options => options.Kubernetes.Snapshot = [path]);

        InspectReply before = await host.GetAsync("/ready");

        Assert.Equal(200, (await host.GetAsync("/health")).Status);
        Assert.Equal((503, "text/plain", "cluster: cluster.yaml\n"), (before.Status, before.MediaType, before.Body));
        File.Copy(Repository.PathOf("infra/playground/cluster.yaml"), path);
        DateTime limit = DateTime.UtcNow.AddSeconds(60);
        while ((await host.GetAsync("/ready")).Status != 200 && DateTime.UtcNow < limit) await Task.Yield();
        Assert.Equal(200, (await host.GetAsync("/ready")).Status);
    }

    [Theory]
    [InlineData(null, "text/plain")]
    [InlineData("*/*", "text/plain")]
    [InlineData("text/plain, application/json", "text/plain")]
    [InlineData("application/json", "application/json")]
    [InlineData("application/json, text/plain;q=0.5", "application/json")]
    [InlineData("application/json;q=0", "text/plain")]
    [InlineData("nonsense", "text/plain")]
    public async Task Json_is_for_who_asks_for_it(string? accept, string mediaType)
    {
        await using InspectHost host = await InspectHost.StartAsync(
            options => options.Kubernetes.Snapshot = [_folder.PathOf("cluster.yaml")]);

        InspectReply reply = await host.GetAsync("/ready", accept is null ? [] : [("Accept", accept)]);

        Assert.Equal((503, mediaType), (reply.Status, reply.MediaType));
        if (mediaType == "application/json")
            Assert.Equal("""{"ready":false,"unready":[{"source":"cluster","parts":[{"name":"cluster.yaml"}]}]}""", reply.Body);
    }

    /// <summary>Anybody may ask: neither the text of an error nor a folder is theirs to know.</summary>
    [Fact]
    public void Missing_permission_is_named_and_nothing_else()
    {
        var error = new SourceError(DateTimeOffset.UnixEpoch, "https://10.0.0.1 said secret") { Permission = "list services" };
        Readiness readiness = Readiness.Of(
        [
            new SourceStatus("hosts", "fine", [new SourcePart("/etc/hosts", Ready: true, 1, null)]),
            new SourceStatus("cluster", "at https://10.0.0.1",
            [
                new SourcePart("services", Ready: false, 0, null) { LastError = error },
                new SourcePart("namespaces", Ready: true, 0, null) { LastError = error },
                new SourcePart("/secret/pods", Ready: false, 0, null) { LastError = error with { Permission = null } },
            ]),
        ]);

        Assert.Equal("cluster: services (not allowed to list services), pods\n", readiness.ToText());
        Assert.Equal("list services", readiness.Unready.Single().Parts[0].Permission);
    }
}
