using KubeDoH.Tests.Api.Access;
using KubeDoH.Api.Hosting;

namespace KubeDoH.Tests.Api.Inspect;

/// <summary>What holds for every view: who may look, which methods there are, how a bad request is refused.</summary>
public sealed class InspectRulesTests
{
    private static readonly string[] Lists = ["/api/v1/sources", "/api/v1/records", "/api/v1/upstreams", "/api/v1/cache"];

    public static TheoryData<string> EveryList => [.. Lists];

    public static TheoryData<string> EveryGet => [.. Lists, "/health", "/ready"];

    [Theory]
    [MemberData(nameof(EveryGet))]
    public async Task Head_is_get_without_its_body(string path)
    {
        await using InspectHost host = await InspectHost.StartAsync();

        InspectReply got = await host.GetAsync(path), head = await host.SendAsync("HEAD", path);

        Assert.Equal((200, got.MediaType, ""), (head.Status, head.MediaType, head.Body));
    }

    [Theory]
    [InlineData("/api/v1/sources", "POST", "GET, HEAD")]
    [InlineData("/api/v1/records", "PUT", "GET, HEAD")]
    [InlineData("/api/v1/upstreams", "DELETE", "GET, HEAD")]
    [InlineData("/api/v1/cache", "POST", "DELETE, GET, HEAD")]
    [InlineData("/api/v1/cache/a.example", "GET", "DELETE")]
    [InlineData("/api/v1/cache/a.example/A", "PATCH", "DELETE")]
    [InlineData("/health", "POST", "GET, HEAD")]
    [InlineData("/ready", "DELETE", "GET, HEAD")]
    public async Task Other_methods_are_refused_by_name(string path, string method, string allow)
    {
        await using InspectHost host = await InspectHost.StartAsync();

        InspectReply reply = await host.SendAsync(method, path);

        Assert.Equal((405, "method-not-allowed"), (reply.Status, reply.Problem));
        Assert.Equal(allow, string.Join(", ", reply.Allow.Split(", ").Order(StringComparer.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(EveryList))]
    public async Task Callers_need_a_token_where_there_are_some(string path)
    {
        await using InspectHost host = await InspectHost.StartAsync(
            management: new ManagementOptions { Tokens = [TestAccess.Token("correct horse")] });

        InspectReply without = await host.GetAsync(path), with = await host.GetAsync(path, ("Authorization", "Bearer correct horse"));

        Assert.Equal((401, "unauthorized", 200), (without.Status, without.Problem, with.Status));
    }

    [Theory]
    [MemberData(nameof(EveryList))]
    public async Task Callers_by_another_name_are_not_of_this_machine(string path)
    {
        await using InspectHost host = await InspectHost.StartAsync();

        InspectReply reply = await host.GetAsync(path, ("Host", "kubedoh.example"));

        Assert.Equal((403, "loopback-only"), (reply.Status, reply.Problem));
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/ready")]
    public async Task Probes_need_nothing(string path)
    {
        await using InspectHost host = await InspectHost.StartAsync(
            management: new ManagementOptions { Tokens = [TestAccess.Token("correct horse")] });

        Assert.Equal(200, (await host.GetAsync(path, ("Host", "10.0.0.1"), ("X-Forwarded-For", "192.0.2.1"))).Status);
    }

    [Theory]
    [InlineData("/api/v1/cache")]
    [InlineData("/api/v1/cache/a.example")]
    [InlineData("/api/v1/cache/a.example/A")]
    public async Task Flushing_is_a_write_that_no_other_site_may_make(string path)
    {
        await using InspectHost host = await InspectHost.StartAsync();

        InspectReply reply = await host.SendAsync("DELETE", path, ("Origin", "https://evil.example"));

        Assert.Equal((403, "cross-site"), (reply.Status, reply.Problem));
    }

    [Theory]
    [InlineData("/api/v1/sources?name=a", "There is no parameter 'name'; there are none.")]
    [InlineData("/api/v1/upstreams?q=a", "There is no parameter 'q'; there are none.")]
    [InlineData("/api/v1/cache?type=A", "There is no parameter 'type'; there are name, suffix, limit.")]
    [InlineData("/api/v1/cache?limit=0", "limit must lie between 1 and 1000.")]
    [InlineData("/api/v1/cache?name=a..b", "name: the name has an empty label.")]
    [InlineData(
        "/api/v1/records?sorce=hosts", "There is no parameter 'sorce'; there are source, namespace, name, suffix, type, q, limit, cursor.")]
    [InlineData(
        "/api/v1/records?source=host", "There is no source 'host'; there are hostAliases, entries, hosts, cluster, special, forward.")]
    [InlineData("/api/v1/records?namespace=a.b", "namespace: 'a.b' is no name of a namespace.")]
    [InlineData("/api/v1/records?name=a..b", "name: the name has an empty label.")]
    [InlineData("/api/v1/records?suffix=a..b", "suffix: the name has an empty label.")]
    [InlineData("/api/v1/records?type=ADDRESS", "type: 'ADDRESS' is not a record type.")]
    [InlineData("/api/v1/records?limit=1001", "limit must lie between 1 and 1000.")]
    [InlineData("/api/v1/records?limit=x", "limit must lie between 1 and 1000.")]
    [InlineData("/api/v1/records?cursor=x", "The cursor is none that a list has given.")]
    [InlineData("/api/v1/records?cursor=A%20x:%20a.", "The cursor is none that a list has given.")]
    [InlineData("/api/v1/records?cursor=A%201:A%20a.", "The cursor is none that a list has given.")]
    public async Task Bad_parameter_is_named(string path, string detail)
    {
        await using InspectHost host = await InspectHost.StartAsync();

        InspectReply reply = await host.GetAsync(path);

        Assert.Equal((400, "bad-parameter", detail), (reply.Status, reply.Problem, reply.Detail));
        Assert.Equal(ApiProblems.MediaType, reply.MediaType);
    }
}
