using System.Net;
using System.Text.Json;
using KubeDoH.Api.Doh;
using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Access;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Engine;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Tests.Api.Doh;
using KubeDoH.Tests.Entries;
using KubeDoH.Tests.Fakes.ApiServer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Api.Access;

/// <summary>Who may ask names, where that is limited.</summary>
public class QueryGateTests
{
    private readonly FakeTimeProvider _time = EntryTestData.Clock();

    public static TheoryData<string> Paths =>
    [
        "/dns-query?name=web.example", "/DNS-query?name=web.example", "/dns-query/?name=web.example", "/%64ns-query?name=web.example",
        "/dns-query/ns/shop?name=web.example", "/resolve?name=web.example", "/resolve/?name=web.example",
        $"/dns-query?dns={Messages.Encode(Messages.Question("web.example"))}",
    ];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Caller_elsewhere_may_not_ask(string path)
    {
        await using GateServer server = await GateServer.StartAsync(new QueryOptions { Allow = [Network("192.0.2.0/24")] }, _time);

        using HttpResponseMessage reply = await server.AskAsync(path);

        Assert.Equal((HttpStatusCode.Forbidden, "address-not-allowed"), (reply.StatusCode, await ProblemAsync(reply)));
        Assert.Equal("no-store", reply.Headers.CacheControl?.ToString());
    }

    [Theory]
    [InlineData("127.0.0.0/8")]
    [InlineData("192.0.2.1|127.0.0.1")]
    [InlineData("0.0.0.0/0")]
    public async Task Caller_in_an_allowed_network_may_ask(string networks)
    {
        await using GateServer server = await GateServer.StartAsync(
            new QueryOptions { Allow = [.. networks.Split('|').Select(Network)] }, _time);

        using HttpResponseMessage reply = await server.AskAsync();

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }

    [Fact]
    public async Task Caller_that_is_too_fast_is_told_when_to_come_again()
    {
        await using GateServer server = await GateServer.StartAsync(new QueryOptions { RateLimit = 3 }, _time);
        for (int i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.OK, (await server.AskAsync()).StatusCode);

        using HttpResponseMessage reply = await server.AskAsync();

        Assert.Equal((HttpStatusCode.TooManyRequests, "too-many-requests"), (reply.StatusCode, await ProblemAsync(reply)));
        Assert.Equal("1", reply.Headers.GetValues("Retry-After").Single());
        Assert.Equal(HttpStatusCode.OK, (await server.AskAsync("/address")).StatusCode);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, (await server.AskAsync()).StatusCode);
    }

    [Theory]
    [InlineData("", 401, "unauthorized")]
    [InlineData("Bearer wrong", 401, "unauthorized")]
    [InlineData("Basic asker", 401, "unauthorized")]
    [InlineData("Bearer old", 401, "unauthorized")]
    [InlineData("Bearer reader", 403, "missing-scope")]
    [InlineData("Bearer asker", 200, "")]
    [InlineData("Bearer admin", 200, "")]
    public async Task Question_needs_a_token_with_the_scope_where_that_is_said(string authorization, int status, string problem)
    {
        var management = new ManagementOptions
        {
            Tokens =
            [
                TestAccess.Token("asker", "query", "asker"), TestAccess.Token("reader", "entries:read inspect", "reader"),
                TestAccess.Token("admin", "admin", "admin"), TestAccess.Token("old", "query expires=2026-11-23T09:00:00Z", "old"),
            ],
        };
        await using GateServer server = await GateServer.StartAsync(
            new QueryOptions { RequireToken = true }, _time, TestAccess.Callers(management, time: _time));

        using HttpResponseMessage reply =
            await server.AskAsync("/dns-query?name=web.example", authorization == "" ? [] : [("Authorization", authorization)]);

        Assert.Equal(status, (int)reply.StatusCode);
        if (status != 200) Assert.Equal(problem, await ProblemAsync(reply));
        Assert.Equal(status != 200, reply.Headers.WwwAuthenticate.Count > 0);
    }

    [Fact]
    public async Task Question_may_come_with_a_token_of_the_cluster()
    {
        await using FakeApiServer cluster = await FakeApiServer.StartAsync();
        cluster.Reviews.Tokens["of the cluster"] = new ApiUser("jane", []);
        cluster.Reviews.Allow("jane", "get", "dnsqueries");
        var options = new KubernetesOptions { Server = cluster.Address };
        using var reviews = new AccessReviews(ClusterAccess.Choose(options, AccessSurroundings.OfProcess)!, TimeProvider.System);
        Callers callers = TestAccess.Callers(new ManagementOptions { Kubernetes = true, RateLimit = 3 }, time: _time, reviews: reviews);
        await using GateServer server = await GateServer.StartAsync(new QueryOptions { RequireToken = true }, _time, callers);

        HttpStatusCode[] statuses =
        [
            (await server.AskAsync(headers: ("Authorization", "Bearer of the cluster"))).StatusCode,
            (await server.AskAsync(headers: ("Authorization", "Bearer of another"))).StatusCode,
            (await server.AskAsync(headers: ("Authorization", "Bearer guess 1"))).StatusCode,
            (await server.AskAsync(headers: ("Authorization", "Bearer guess 2"))).StatusCode,
        ];

        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests], statuses);
        Assert.Equal(4, cluster.Seen.Count);
    }

    [Fact]
    public async Task Path_that_answers_no_names_is_let_alone()
    {
        await using GateServer server = await GateServer.StartAsync(new QueryOptions { Allow = [Network("192.0.2.1")] }, _time);

        Assert.Equal(
            "127.0.0.1 http", await (await server.AskAsync("/address")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Which address counts: the peer is 127.0.0.1, and 10.0.0.0/8 and 127.0.0.1 are our proxies.</summary>
    [Theory]
    [InlineData("X-Forwarded-For: 192.0.2.7", "192.0.2.7 http")]
    [InlineData("X-Forwarded-For: 203.0.113.66, 192.0.2.7", "192.0.2.7 http")]
    [InlineData("X-Forwarded-For: 203.0.113.66, 192.0.2.7, 10.1.2.3", "192.0.2.7 http")]
    [InlineData("X-Forwarded-For: 2001:db8::7", "2001:db8::7 http")]
    [InlineData("X-Forwarded-For: nonsense", "127.0.0.1 http")]
    [InlineData("X-Forwarded-For: 203.0.113.66, nonsense", "127.0.0.1 http")]
    [InlineData("X-Forwarded-Proto: https", "127.0.0.1 https")]
    [InlineData("X-Forwarded-Host: evil.example", "127.0.0.1 http")]
    [InlineData("Forwarded: for=192.0.2.7", "127.0.0.1 http")]
    [InlineData("X-Real-IP: 192.0.2.7", "127.0.0.1 http")]
    public async Task Proxy_of_ours_says_who_the_caller_is(string header, string expected)
    {
        await using GateServer server = await GateServer.StartAsync(
            new QueryOptions(), _time, null, Network("127.0.0.1"), Network("10.0.0.0/8"));

        string[] parts = header.Split(": ", 2);
        using HttpResponseMessage reply = await server.AskAsync("/address", (parts[0], parts[1]));

        Assert.Equal(expected, await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("192.0.2.0/24")]
    public async Task Anybody_else_says_nothing_about_addresses(string proxy)
    {
        Network[] proxies = proxy == "none" ? [] : [Network(proxy)];
        await using GateServer server = await GateServer.StartAsync(new QueryOptions(), _time, null, proxies);

        using HttpResponseMessage reply = await server.AskAsync(
            "/address", ("X-Forwarded-For", "192.0.2.7"), ("X-Forwarded-Proto", "https"));

        Assert.Equal("127.0.0.1 http", await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Rate_and_allowed_networks_are_of_the_caller_behind_the_proxy()
    {
        var options = new QueryOptions { Allow = [Network("192.0.2.0/24")], RateLimit = 1 };
        await using GateServer server = await GateServer.StartAsync(options, _time, null, Network("127.0.0.1"));

        async Task<int> StatusAsync(string client) => (int)(await server.AskAsync(headers: ("X-Forwarded-For", client))).StatusCode;

        Assert.Equal(200, await StatusAsync("192.0.2.1"));
        Assert.Equal(429, await StatusAsync("192.0.2.1"));
        Assert.Equal(200, await StatusAsync("192.0.2.2"));
        Assert.Equal(403, await StatusAsync("203.0.113.1"));
    }

    /// <summary>What is let in at once passes without an allocation, with all three at work.</summary>
    [Fact]
    public void Passing_allocates_nothing()
    {
        var management = new ManagementOptions { Tokens = [TestAccess.Token("asker", "query expires=2030-01-01", "asker")] };
        var options =
            new QueryOptions { Allow = [Network("192.0.2.0/24"), Network("2001:db8::/32")], RateLimit = 1_000_000, RequireToken = true };
        var gate = new QueryGate(options, new Derived<Callers>(TestAccess.Callers(management)), TimeProvider.System);
        var context = new DefaultHttpContext();
        context.Request.Path = "/dns-query";
        context.Request.Headers.Authorization = "Bearer asker";
        context.Connection.RemoteIpAddress = IPAddress.Parse("2001:db8::1");
        int passed = 0;
        RequestDelegate next = _ =>
        {
            passed++;
            return Task.CompletedTask;
        };
        for (int i = 0; i < 100; i++) gate.InvokeAsync(context, next);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 1000; i++) gate.InvokeAsync(context, next);

        Assert.Equal((1100, 0), (passed, GC.GetAllocatedBytesForCurrentThread() - before));
    }

    private static Network Network(string text)
    {
        Assert.True(KubeDoH.Api.Hosting.Access.Network.TryParse(text, out Network network));
        return network;
    }

    private static async Task<string?> ProblemAsync(HttpResponseMessage reply)
    {
        Assert.Equal("application/problem+json", reply.Content.Headers.ContentType?.MediaType);
        using JsonDocument problem = JsonDocument.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return problem.RootElement.GetProperty("type").GetString()?["/problems/".Length..];
    }
}
