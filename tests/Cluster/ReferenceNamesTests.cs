using KubeDoH.Engine;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Tests.Fakes.ApiServer;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Cluster;

/// <summary>
/// The reference names at an API server that gives them addresses of its own. <c>tests/run --cluster</c> takes the one of the current
/// kubeconfig; without it the run is rehearsed at the tests' own server.
/// </summary>
public sealed class ReferenceNamesTests : IDisposable
{
    private static readonly bool IsReal = Environment.GetEnvironmentVariable("KUBEDOH_CLUSTER") == "1";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Reference_names_are_answered_from_an_api_server()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        if (IsReal)
        {
            var options = new KubernetesOptions { Mode = KubernetesMode.Kubeconfig };
            var run = new ReferenceRun(ClusterAccess.Choose(options, AccessSurroundings.OfProcess)!);
            Assert.Equal("", string.Join('\n', await run.RunAsync(cancel)));
            return;
        }

        await using FakeApiServer server = await StartAsync();
        Assert.Equal("", string.Join('\n', await Rehearsal(server).RunAsync(cancel)));
        AssertNothingLeft(server);
    }

    [Fact]
    public async Task Objects_are_removed_when_making_them_fails()
    {
        await using FakeApiServer server = await StartAsync();
        server.Faults.Next(ApiFault.Fail(500), "create", ApiResource.EndpointSlices);

        await Assert.ThrowsAsync<InvalidOperationException>(() => Rehearsal(server).RunAsync(TestContext.Current.CancellationToken));

        AssertNothingLeft(server);
    }

    /// <summary>Ctrl-C cancels; what cleans up goes on.</summary>
    [Fact]
    public async Task Objects_are_removed_when_the_run_is_cancelled()
    {
        await using FakeApiServer server = await StartAsync();
        var gate = new ApiGate();
        server.Faults.Next(ApiFault.Hold(gate), "create", ApiResource.EndpointSlices);
        using var interrupted = new CancellationTokenSource();
        Task<IReadOnlyList<string>> run = Rehearsal(server).RunAsync(interrupted.Token);
        await gate.Reached;
        await interrupted.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        AssertNothingLeft(server);
    }

    private static async Task<FakeApiServer> StartAsync()
    {
        FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder, tls: true);
        server.Token = "of-the-tester";
        server.Writes.SlowNamespaces = true;
        return server;
    }

    private ReferenceRun Rehearsal(FakeApiServer server)
    {
        string file = server.WriteKubeconfig(_folder.PathOf("config"), token: "of-the-tester");
        var options = new KubernetesOptions { Mode = KubernetesMode.Kubeconfig, Kubeconfig = file };
        return new ReferenceRun(ClusterAccess.Choose(options, AccessSurroundings.OfProcess)!, $"Kubernetes:Kubeconfig={file}");
    }

    private static void AssertNothingLeft(FakeApiServer server)
    {
        Assert.Contains(server.Seen, request => request.Is("create", ApiResource.Services));
        foreach (ApiResource resource in ApiResource.All)
            Assert.DoesNotContain(
                server.Objects.Read(resource).Objects, item => item.Key.Contains("kubedoh-test-", StringComparison.Ordinal));
    }
}
