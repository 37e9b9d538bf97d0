using System.Net;
using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Access;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Tests.Api.Entries;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Api.Access;

public class ApiSecurityTests
{
    private const string Token = "correct horse";

    private static readonly TokenRecord Known = TestAccess.Token(Token);

    /// <summary>Caller, Host, an extra header; without tokens.</summary>
    [Theory]
    [InlineData("127.0.0.1", "localhost:8053", "", 200)]
    [InlineData("127.0.0.1", "LOCALHOST", "", 200)]
    [InlineData("127.9.9.9", "127.0.0.1:8053", "", 200)]
    [InlineData("::1", "[::1]:8053", "", 200)]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1", "", 200)]
    [InlineData("127.0.0.1", "evil.example", "", 403)]
    [InlineData("127.0.0.1", "localhost.evil.example", "", 403)]
    [InlineData("127.0.0.1", "127.0.0.1.evil.example", "", 403)]
    [InlineData("127.0.0.1", "10.0.0.1", "", 403)]
    [InlineData("127.0.0.1", "", "", 403)]
    [InlineData("10.0.0.1", "localhost", "", 403)]
    [InlineData("::ffff:10.0.0.1", "localhost", "", 403)]
    [InlineData("", "localhost", "", 403)]
    [InlineData("127.0.0.1", "localhost", "Forwarded: for=127.0.0.1", 403)]
    [InlineData("127.0.0.1", "localhost", "X-Forwarded-For: 127.0.0.1", 403)]
    [InlineData("127.0.0.1", "localhost", "x-forwarded-proto: http", 403)]
    [InlineData("127.0.0.1", "localhost", "Via: 1.1 proxy", 403)]
    [InlineData("127.0.0.1", "localhost", "Authorization: Bearer anything", 200)]
    public async Task Caller_without_tokens_configured_must_be_this_machine(string remote, string host, string header, int expected) =>
        Assert.Equal(expected, await AskAsync(new ManagementOptions(), "GET", remote, host, header));

    /// <summary>What is configured, and the header that loopback sends.</summary>
    [Theory]
    [InlineData("Auto", "", 401)]
    [InlineData("True", "", 200)]
    [InlineData("True", "Authorization: Bearer wrong", 401)]
    [InlineData("True", "X-Forwarded-For: 127.0.0.1", 401)]
    [InlineData("False", "", 401)]
    public async Task Loopback_beside_tokens_is_trusted_only_where_that_is_said(string trust, string header, int expected) =>
        Assert.Equal(expected, await AskAsync(
            new ManagementOptions { Tokens = [Known], TrustLoopback = Enum.Parse<LoopbackTrust>(trust) },
            "GET", "127.0.0.1", "localhost", header));

    [Fact]
    public async Task Loopback_that_is_not_trusted_is_refused() =>
        Assert.Equal(
            403, await AskAsync(new ManagementOptions { TrustLoopback = LoopbackTrust.False }, "GET", "127.0.0.1", "localhost", ""));

    [Theory]
    [InlineData("", 403)]
    [InlineData("Authorization: Bearer correct horse", 200)]
    public async Task Caller_within_a_cluster_needs_a_token_on_loopback_too(string header, int expected)
    {
        var options = new ManagementOptions { Tokens = header.Length > 0 ? [Known] : [] };
        Assert.Equal(expected, await AskAsync(options, "GET", "127.0.0.1", "localhost", header, insideCluster: true));
    }

    [Theory]
    [InlineData("10.0.0.1", "Authorization: Bearer correct horse", 200)]
    [InlineData("10.0.0.1", "Authorization: bearer correct horse", 200)]
    [InlineData("10.0.0.1", "Authorization: Bearer second", 200)]
    [InlineData("10.0.0.1", "Authorization: Bearer wrong", 401)]
    [InlineData("10.0.0.1", "Authorization: Bearer correct", 401)]
    [InlineData("10.0.0.1", "Authorization: Bearer ", 401)]
    [InlineData("10.0.0.1", "Authorization: Basic correct horse", 401)]
    [InlineData("10.0.0.1", "", 401)]
    [InlineData("127.0.0.1", "", 401)]
    public async Task Caller_with_tokens_configured_needs_one(string remote, string header, int expected) =>
        Assert.Equal(expected, await AskAsync(
            new ManagementOptions { Tokens = [Known, TestAccess.Token("second", name: "second")] }, "GET", remote, "localhost", header));

    [Theory]
    [InlineData("PUT", "Origin: http://evil.example", 403)]
    [InlineData("POST", "Origin: null", 403)]
    [InlineData("DELETE", "Origin: https://localhost:8053", 403)]
    [InlineData("PUT", "Origin: http://localhost:9999", 403)]
    [InlineData("PATCH", "Sec-Fetch-Site: cross-site", 403)]
    [InlineData("PUT", "Origin: http://localhost:8053", 200)]
    [InlineData("PUT", "Sec-Fetch-Site: same-origin", 200)]
    [InlineData("PUT", "", 200)]
    [InlineData("GET", "Origin: http://evil.example", 200)]
    [InlineData("HEAD", "Sec-Fetch-Site: cross-site", 200)]
    [InlineData("OPTIONS", "Origin: http://evil.example", 200)]
    public async Task Write_of_another_site_is_refused(string method, string header, int expected) =>
        Assert.Equal(expected, await AskAsync(new ManagementOptions(), method, "127.0.0.1", "localhost:8053", header));

    [Fact]
    public async Task Write_of_another_site_is_refused_even_with_the_right_token()
    {
        await using EntryHost host = await EntryHost.StartAsync(new ManagementOptions { Tokens = [Known] });

        Reply reply = await host.SendAsync("PUT", "/a.example/A", """{"records":["192.0.2.1"]}""",
            ("Authorization", $"Bearer {Token}"), ("Origin", "http://evil.example"), ("Content-Type", "text/plain"));

        Assert.Equal((403, "cross-site"), (reply.Status, reply.Problem));
    }

    /// <summary>Two a second: who sends them, and what comes of each.</summary>
    [Theory]
    [InlineData("10.0.0.1 correct|10.0.0.2 correct|10.0.0.3 correct", "200 200 429")]
    [InlineData("10.0.0.1 correct|10.0.0.1 correct|10.0.0.1 second", "200 200 200")]
    [InlineData("10.0.0.1 wrong|10.0.0.1 wrong|10.0.0.1 wrong|10.0.0.2 wrong", "401 401 429 401")]
    [InlineData("10.0.0.1 wrong|10.0.0.1 |10.0.0.1 other|10.0.0.1 correct", "401 401 429 200")]
    [InlineData("127.0.0.1 |127.0.0.1 |127.0.0.1 |127.0.0.1 ", "200 200 200 200")]
    public async Task Caller_is_held_to_its_rate(string requests, string expected)
    {
        var options = new ManagementOptions
        {
            Tokens = [TestAccess.Token("correct"), TestAccess.Token("second", name: "second")], RateLimit = 2,
            TrustLoopback = LoopbackTrust.True,
        };
        var time = new FakeTimeProvider();
        var security = TestAccess.Security(options, time);
        var contexts = new List<HttpContext>();
        foreach (string request in requests.Split('|'))
        {
            string[] parts = request.Split(' ');
            contexts.Add(await SendAsync(
                security, "GET", parts[0], "localhost", parts[1] == "" ? "" : $"Authorization: Bearer {parts[1]}", "/api/v1/entries"));
        }

        Assert.Equal(expected, string.Join(' ', contexts.Select(context => context.Response.StatusCode)));
        Assert.All(
            contexts.Where(context => context.Response.StatusCode == 429),
            context => Assert.Equal("1", context.Response.Headers.RetryAfter));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotEqual(429, (await SendAsync(
            security, "GET", "10.0.0.1", "localhost", "Authorization: Bearer wrong", "/api/v1/entries")).Response.StatusCode);
    }

    [Fact]
    public async Task Behind_the_guard_the_request_has_its_caller()
    {
        var options = new ManagementOptions { Tokens = [TestAccess.Token("correct", "entries:read suffix=team.example", "ci")] };

        HttpContext context = await SendAsync(
            TestAccess.Security(options), "GET", "::ffff:192.0.2.7", "dns.example", "Authorization: Bearer correct", "/api/v1/entries");

        Caller caller = context.Features.Get<Caller>()!;
        Assert.Equal(("ci", "192.0.2.7", Scopes.EntriesRead), (caller.Name, caller.Address, caller.Scopes));
        Assert.Equal("team.example.", Assert.Single(caller.Bounds.Suffixes).ToString());
    }

    [Theory]
    [InlineData("/dns-query")]
    [InlineData("/apix")]
    [InlineData("/")]
    public async Task Path_outside_the_api_is_not_guarded(string path) =>
        Assert.Equal(
            200, await AskAsync(new ManagementOptions { Tokens = [Known] }, "POST", "10.0.0.1", "x", "Origin: http://evil.example", path));

    [Fact]
    public async Task Refused_caller_is_told_the_scheme_and_nothing_of_the_token()
    {
        await using EntryHost host = await EntryHost.StartAsync(new ManagementOptions { Tokens = [Known] });

        Reply missing = await host.SendAsync("GET", "");
        Reply wrong = await host.SendAsync("GET", "", null, ("Authorization", "Bearer guess"));

        Assert.Equal((401, 401), (missing.Status, wrong.Status));
        Assert.Equal("Bearer realm=\"kubedoh\"", missing.Challenge);
        Assert.Contains("invalid_token", wrong.Challenge, StringComparison.Ordinal);
        Assert.DoesNotContain("guess", wrong.Body, StringComparison.Ordinal);
    }

    private static async Task<int> AskAsync(
        ManagementOptions options, string method, string remote, string host, string header, string path = "/API/v1/entries",
        bool insideCluster = false)
    {
        Callers callers = TestAccess.Callers(options, insideCluster);
        var security = new ApiSecurity(new Derived<Callers>(callers), NullLogger<ApiSecurity>.Instance);
        return (await SendAsync(security, method, remote, host, header, path)).Response.StatusCode;
    }

    private static async Task<HttpContext> SendAsync(
        ApiSecurity security, string method, string remote, string host, string header, string path)
    {
        using ServiceProvider services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var context = new DefaultHttpContext { RequestServices = services };
        context.Request.Method = method;
        context.Request.Path = path;
        context.Request.Scheme = "http";
        context.Request.Headers.Host = host;
        context.Connection.RemoteIpAddress = remote == "" ? null : IPAddress.Parse(remote);
        if (header != "") context.Request.Headers.Append(header.Split(": ", 2)[0], header.Split(": ", 2)[1]);
        await security.InvokeAsync(context, _ => Task.CompletedTask);
        return context;
    }
}
