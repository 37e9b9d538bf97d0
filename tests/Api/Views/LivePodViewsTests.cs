using System.Text.Json;
using System.Text.Json.Nodes;
using KubeDoH.Engine;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;
using KubeDoH.Tests.Api.Inspect;
using KubeDoH.Tests.Cluster;
using KubeDoH.Tests.Fakes.ApiServer;

namespace KubeDoH.Tests.Api.Views;

/// <summary>Pods that are followed at an API server: when they are read, and how their coming, changing and going shows.</summary>
public sealed class LivePodViewsTests
{
    private const string Pod = "dns-playground/zerocalcare-dns-mgmt-65fdcb74cf-hmxrr";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Nobody_pays_for_pods_before_somebody_asks_for_one()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder);
        await using InspectHost host = await StartAsync(server);

        Assert.Equal(200, (await host.GetAsync("/dns-query/ns/dns-playground?name=secco")).Status);
        Assert.DoesNotContain(server.Seen, request => request.Is("list", ApiResource.Pods));
        Assert.DoesNotContain("pods", await PartsAsync(host));

        InspectReply first = await host.GetAsync($"/dns-query/pod/{Pod}?name=kubernello.local");

        Assert.Contains("\"data\":\"10.96.0.1\"", first.Body, StringComparison.Ordinal);
        Assert.Contains("pods", await PartsAsync(host));
        Assert.Single(server.Seen, request => request.Is("list", ApiResource.Pods));
    }

    [Theory]
    [InlineData("/api/v1/pods/" + Pod + "/hosts")]
    [InlineData("/resolve?name=kubernello.local&pod=" + Pod)]
    public async Task First_who_asks_waits_for_the_pods(string path)
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder);
        var gate = new ApiGate();
        server.Faults.Next(ApiFault.Hold(gate), "list", ApiResource.Pods);
        await using InspectHost host = await StartAsync(server);

        Task<InspectReply> asked = host.GetAsync(path);
        await gate.Reached;
        gate.OpenUp();

        Assert.Equal(200, (await asked).Status);
    }

    [Fact]
    public async Task Pods_that_are_not_in_yet_are_no_pods_that_are_not_there()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder);
        var gate = new ApiGate();
        server.Faults.Next(ApiFault.Hold(gate), "list", ApiResource.Pods);
        await using InspectHost host = await StartAsync(server);

        InspectReply early = await host.GetAsync($"/dns-query/pod/{Pod}?name=kubernello.local"), ready = await host.GetAsync("/ready");
        gate.OpenUp();

        Assert.Equal((503, "not-synced"), (early.Status, early.Problem));
        Assert.Equal("OK\n", ready.Body);
        await UntilAsync(async () => (await host.GetAsync($"/dns-query/pod/{Pod}?name=x")).Status == 200);
        Assert.Equal(404, (await host.GetAsync("/dns-query/pod/dns-playground/nobody?name=x")).Status);
    }

    [Fact]
    public async Task Without_the_permission_everything_else_serves()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder);
        server.Forbid("list", ApiResource.Pods);
        await using InspectHost host = await StartAsync(server);

        InspectReply view = await host.GetAsync($"/dns-query/pod/{Pod}?name=kubernello.local");
        InspectReply file = await host.GetAsync($"/api/v1/pods/{Pod}/hosts");

        Assert.Equal((503, "pods-unread", "The permission to list and watch pods is missing."), (view.Status, view.Problem, view.Detail));
        Assert.Equal((503, "pods-unread"), (file.Status, file.Problem));
        Assert.Equal("OK\n", (await host.GetAsync("/ready")).Body);
        Assert.Equal(404, (await host.GetAsync("/dns-query/pod/nowhere/nobody?name=x")).Status);
        Assert.Contains("10.101.195.184", (await host.GetAsync("/dns-query/ns/dns-playground?name=secco")).Body, StringComparison.Ordinal);
        Assert.Equal(200, (await host.GetAsync("/api/v1/namespaces/dns-playground/env")).Status);
        JsonElement part = (await ClusterAsync(host))
            .GetProperty("parts").EnumerateArray().Single(part => part.GetProperty("name").GetString() == "pods");
        Assert.Equal("list pods", part.GetProperty("lastError").GetProperty("permission").GetString());

        server.Allow("list", ApiResource.Pods);
        await UntilAsync(async () => (await host.GetAsync($"/dns-query/pod/{Pod}?name=x")).Status == 200);
    }

    [Fact]
    public async Task Pod_comes_changes_and_goes()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder);
        await using InspectHost host = await StartAsync(server);
        Assert.Equal(404, (await host.GetAsync("/dns-query/pod/dns-playground/late?name=late")).Status);

        server.Objects.Put(ApiResource.Pods, SamplePod("late", "10.244.7.7"));
        await UntilAsync(async () => (await host.GetAsync("/dns-query/pod/dns-playground/late?name=late")).Body.Contains(
            "10.244.7.7", StringComparison.Ordinal));
        server.Objects.Change(ApiResource.Pods, "dns-playground", "late", tree =>
            tree["spec"]!["hostAliases"] = new JsonArray(
                new JsonObject { ["ip"] = "10.1.1.1", ["hostnames"] = new JsonArray("foo.local") }));
        await UntilAsync(async () => (await host.GetAsync("/dns-query/pod/dns-playground/late?name=foo.local")).Body.Contains(
            "10.1.1.1", StringComparison.Ordinal));
        Assert.EndsWith(
            "10.244.7.7\tlate\n\n# Entries added by HostAliases.\n10.1.1.1\tfoo.local\n",
            (await host.GetAsync("/api/v1/pods/dns-playground/late/hosts")).Body, StringComparison.Ordinal);
        server.Objects.Delete(ApiResource.Pods, "dns-playground", "late");
        await UntilAsync(
            async () => (await host.GetAsync("/dns-query/pod/dns-playground/late?name=late")) is { Status: 404, Problem: "unknown-pod" });
    }

    /// <summary>A kubelet reports on its pods all the time: what is not kept of them makes no view anew.</summary>
    [Fact]
    public async Task View_is_made_anew_only_when_what_it_is_made_of_changes()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder);
        await using InspectHost host = await StartAsync(server);
        Assert.Equal(200, (await host.GetAsync($"/dns-query/pod/{Pod}?name=x")).Status);
        ClientView first = View(host);

        server.Objects.Change(ApiResource.Pods, "dns-playground", Pod.Split('/')[1], tree =>
            tree["status"]!["conditions"]!.AsArray().Add(new JsonObject { ["type"] = "Initialized", ["status"] = "True" }));
        server.Objects.Put(ApiResource.Pods, SamplePod("mark", "10.244.7.8"));
        await UntilAsync(async () => (await host.GetAsync("/dns-query/pod/dns-playground/mark?name=x")).Status == 200);
        Assert.Same(first, View(host));

        server.Objects.Change(ApiResource.Pods, "dns-playground", Pod.Split('/')[1], tree => tree["spec"]!["hostAliases"] = null);
        await UntilAsync(() => Task.FromResult(!ReferenceEquals(first, View(host))));
    }

    [Fact]
    public async Task Pods_may_be_read_from_the_start()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder);
        await using InspectHost host = await StartAsync(server, options => options.PodViews = PodViews.Always);

        await UntilAsync(() => Task.FromResult(server.Seen.Any(request => request.Is("watch", ApiResource.Pods))));
        Assert.Contains("pods", await PartsAsync(host));
    }

    [Fact]
    public async Task Pods_may_be_left_alone()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder);
        await using InspectHost host = await StartAsync(server, options => options.PodViews = PodViews.Off);

        InspectReply view = await host.GetAsync($"/dns-query/pod/{Pod}?name=x");

        Assert.Equal((404, "pods-off", "Kubernetes:PodViews is off."), (view.Status, view.Problem, view.Detail));
        Assert.DoesNotContain(server.Seen, request => request.Is("list", ApiResource.Pods));
    }

    [Fact]
    public async Task Pods_that_names_need_are_read_once_for_both()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder);
        await using InspectHost host = await StartAsync(server, options => options.Pods = PodRecords.Verified);

        Assert.Equal(200, (await host.GetAsync($"/dns-query/pod/{Pod}?name=x")).Status);
        Assert.Single(server.Seen, request => request.Is("list", ApiResource.Pods));
    }

    /// <summary>Only what is watched is known: a namespace that is not seen has no pods, whatever the server has.</summary>
    [Fact]
    public async Task Pods_of_one_namespace_are_all_that_is_asked_for_where_only_that_is_seen()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(RecordedCluster.ApiFolder);
        await using InspectHost host = await StartAsync(server, options => options.Namespaces = ["dns-playground"]);

        Assert.Equal(200, (await host.GetAsync($"/dns-query/pod/{Pod}?name=x")).Status);
        Assert.Equal(404, (await host.GetAsync("/dns-query/pod/spec/headless-0?name=x")).Status);
        Assert.Contains(server.Seen, request => request.Is("list", ApiResource.Pods) && request.Namespace == "dns-playground");
    }

    private static ClientView View(InspectHost host)
    {
        string[] parts = Pod.Split('/');
        Assert.Equal(ViewVerdict.Found, host.Engine.Views.TryPod(parts[0], parts[1], out ClientView view));
        return view;
    }

    private static JsonObject SamplePod(string name, string address) => JsonText.Object($$$"""
        {"metadata":{"name":"{{{name}}}","namespace":"dns-playground","creationTimestamp":"2026-11-23T00:50:44Z"},
        "spec":{"containers":[{"name":"main"}],"dnsPolicy":"ClusterFirst","enableServiceLinks":true},
        "status":{"phase":"Running","podIP":"{{{address}}}","podIPs":[{"ip":"{{{address}}}"}] } }
        """);

    /// <summary>Once the names are known.</summary>
    private static async Task<InspectHost> StartAsync(FakeApiServer server, Action<KubernetesOptions>? configure = null)
    {
        InspectHost host = await InspectHost.StartAsync(options =>
        {
            options.Kubernetes.Snapshot = [];
            options.Kubernetes.Server = server.Address;
            configure?.Invoke(options.Kubernetes);
        });
        await UntilAsync(async () => (await host.GetAsync("/ready")).Status == 200);
        return host;
    }

    private static async Task<JsonElement> ClusterAsync(InspectHost host) => (await host.GetAsync("/api/v1/sources")).Json
        .GetProperty("sources").EnumerateArray().Single(source => source.GetProperty("name").GetString() == "cluster");

    private static async Task<IEnumerable<string>> PartsAsync(InspectHost host) =>
        (await ClusterAsync(host)).GetProperty("parts").EnumerateArray().Select(part => part.GetProperty("name").GetString()!);

    /// <summary>The server and the clock are real here: asked again until it is so.</summary>
    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        DateTime limit = DateTime.UtcNow + Patience;
        while (!await isSo()) Assert.True(DateTime.UtcNow < limit, "it did not happen in time");
    }
}
