using KubeDoH.Tests.Cluster;
using KubeDoH.Tests.Fakes.ApiServer;

namespace KubeDoH.Tests.Kubernetes;

/// <summary>
/// Objects that no API server should send, in lists and in watches: left out one by one, counted, logged, and nothing else.
/// </summary>
public class ApiBadObjectsTests
{
    private const string Secco = "secco.dns-playground.svc.cluster.local. A";

    /// <summary>Each with the kind it pretends to be.</summary>
    private static readonly (ApiResource Resource, string Json)[] Bad =
    [
        (ApiResource.Services, "{}"),
        (ApiResource.Services, "{\"metadata\":null}"),
        (ApiResource.Services, "{\"metadata\":[\"name\"],\"spec\":{}}"),
        (ApiResource.Services, "{\"metadata\":{\"name\":7,\"namespace\":{}},\"spec\":\"none\"}"),
        (ApiResource.Services, "{\"metadata\":{\"name\":\"two.labels\",\"namespace\":\"default\"},\"spec\":{\"clusterIP\":\"10.96.1.1\"}}"),
        (ApiResource.Services,
            """{"metadata":{"name":"bad-address","namespace":"default"},"spec":{"clusterIP":"10.96.1.256"}}"""),
        (ApiResource.Services,
            """{"metadata":{"name":"bad-port","namespace":"default"},"spec":{"clusterIP":"10.96.1.1","ports":{"port":1}}}"""),
        (ApiResource.Services, "\"a string\""),
        (ApiResource.Services, "null"),
        (ApiResource.EndpointSlices, "{\"metadata\":{\"name\":\"s\",\"namespace\":\"spec\"},\"endpoints\":[{\"addresses\":\"10.1.1.1\"}]}"),
        (ApiResource.EndpointSlices, "{\"metadata\":{\"name\":\"s\",\"namespace\":\"spec\"},\"endpoints\":[{\"addresses\":[\"host\"]}]}"),
        (ApiResource.EndpointSlices, "{\"metadata\":{\"name\":\"s\",\"namespace\":\"spec\"},\"endpoints\":{\"addresses\":[]}}"),
        (ApiResource.Namespaces, "{\"metadata\":{\"name\":\"-.-\"}}"),
        (ApiResource.Namespaces, "{\"metadata\":{}}"),
    ];

    public static TheoryData<int> Numbers() => [.. Enumerable.Range(0, Bad.Length)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task Bad_object_in_a_watch_is_left_out_and_the_watch_goes_on(int number)
    {
        (ApiResource resource, string json) = Bad[number];
        await using FakeApiServer server = await FakeApiServer.StartAsync(Cluster.RecordedCluster.ApiFolder);
        await using LiveWorld world = await LiveWorld.SyncedAsync(server);
        int before = server.Seen.Count;
        long skipped = world.Part(resource.Plural).Skipped;

        server.Objects.PutRaw(resource, "bad", json);
        server.Objects.Put(ApiResource.Services, SampleObjects.Service("default", "next", "10.96.9.9"));
        await world.UntilAnswerAsync("next.default.svc.cluster.local. A", "10.96.9.9");
        await world.UntilAsync(() => world.Part(resource.Plural).Skipped == skipped + 1);

        Assert.Equal(before, server.Seen.Count);
        Assert.Single(
            world.Log.All, line => line.StartsWith($"Warning: Kubernetes: skipped in {resource.Plural}: ", StringComparison.Ordinal));
        Assert.Null(await world.FirstWrongAsync());
    }

    [Fact]
    public async Task Bad_objects_in_lists_are_counted_and_the_others_are_answered()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(Cluster.RecordedCluster.ApiFolder);
        for (int i = 0; i < Bad.Length; i++) server.Objects.PutRaw(Bad[i].Resource, $"bad-{i}", Bad[i].Json);
        await using LiveWorld world = await LiveWorld.SyncedAsync(server, times: new() { PageSize = 4 });

        Assert.Null(await world.FirstWrongAsync());
        foreach (ApiResource resource in (ApiResource[])[ApiResource.Services, ApiResource.EndpointSlices, ApiResource.Namespaces])
            Assert.Equal(Bad.Count(bad => bad.Resource == resource), world.Part(resource.Plural).Skipped);
        Assert.Equal(
            Bad.Length, world.Log.All.Count(line => line.StartsWith("Warning: Kubernetes: skipped in ", StringComparison.Ordinal)));
    }

    /// <summary>What a name was, it is no longer: an object that is there and makes no sense answers nothing.</summary>
    [Fact]
    public async Task Object_that_becomes_bad_has_no_names_until_it_is_good_again()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(Cluster.RecordedCluster.ApiFolder);
        await using LiveWorld world = await LiveWorld.SyncedAsync(server);
        server.Objects.Change(ApiResource.Services, "dns-playground", "secco", tree => tree["spec"] = "spoiled");
        await world.UntilAnswerAsync(Secco, "NXDOMAIN");
        server.Objects.Put(ApiResource.Services, SampleObjects.Service("dns-playground", "secco", "10.101.195.184"));
        await world.UntilAnswerAsync(Secco, "10.101.195.184");
    }
}
