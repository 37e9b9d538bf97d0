using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using KubeDoH.Tests.Cluster;

namespace KubeDoH.Tests.Fakes.ApiServer;

/// <summary>The fake itself: what it says is what the recorded API server said, and each fault does what it is called.</summary>
public class FakeApiServerTests
{
    private const string Services = "/api/v1/services";
    private static readonly string Recorded = Path.Combine(RecordedCluster.Folder, "api");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/api/v1/services", "services")]
    [InlineData("/api/v1/namespaces", "namespaces")]
    [InlineData("/api/v1/pods", "pods")]
    [InlineData("/apis/discovery.k8s.io/v1/endpointslices", "endpointslices")]
    public async Task List_is_the_recorded_list(string path, string file)
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(Recorded);
        JsonNode answered = JsonNode.Parse(await GetAsync(server, path))!;
        JsonNode recorded = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Recorded, file + ".json"), Cancel))!;

        Assert.Equal($"{recorded["kind"]}", $"{answered["kind"]}");
        Assert.True(JsonNode.DeepEquals(recorded["items"], answered["items"]));
    }

    [Fact]
    public async Task Pages_make_the_list_whole_and_expire_with_a_compaction()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(Recorded);
        JsonNode whole = JsonNode.Parse(await GetAsync(server, Services))!;
        JsonNode first = JsonNode.Parse(await GetAsync(server, Services + "?limit=7"))!;
        server.Objects.DeleteAll(ApiResource.Services);
        JsonNode second = JsonNode.Parse(await GetAsync(server, $"{Services}?limit=500&continue={first["metadata"]!["continue"]}"))!;

        Assert.Equal(7, first["items"]!.AsArray().Count);
        Assert.Equal(whole["items"]!.AsArray().Count, 7 + second["items"]!.AsArray().Count);
        Assert.Null(second["metadata"]!["continue"]);

        server.Objects.Compact();
        using HttpResponseMessage expired = await AskAsync(server, $"{Services}?limit=500&continue={first["metadata"]!["continue"]}");
        JsonNode status = JsonNode.Parse(await expired.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal((HttpStatusCode.Gone, "Expired"), (expired.StatusCode, $"{status["reason"]}"));
    }

    [Fact]
    public async Task Watch_says_what_the_recorded_watch_said()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(Recorded);
        string[] recorded = await File.ReadAllLinesAsync(Path.Combine(Recorded, "watch-services.jsonl"), Cancel);
        using StreamReader watch = await WatchAsync(
            server, $"{Services}?watch=1&allowWatchBookmarks=true&resourceVersion={server.Objects.Version}");

        server.Objects.Put(ApiResource.Services, $"{JsonNode.Parse(recorded[0])!["object"]}");
        server.Objects.Put(ApiResource.Services, $"{JsonNode.Parse(recorded[1])!["object"]}");
        server.Objects.Delete(ApiResource.Services, "default", "blink");
        string?[] events = [await watch.ReadLineAsync(Cancel), await watch.ReadLineAsync(Cancel), await watch.ReadLineAsync(Cancel), null];
        server.Order(ApiFault.Bookmark);
        events[3] = await watch.ReadLineAsync(Cancel);

        Assert.Equal(recorded.Select(WithoutVersion), events.Select(WithoutVersion!));
    }

    [Fact]
    public async Task Watch_from_before_a_compaction_is_an_error_event_and_over()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(Recorded);
        long before = server.Objects.Version;
        server.Objects.Compact();
        using StreamReader watch = await WatchAsync(server, $"{Services}?watch=1&resourceVersion={before}");

        JsonNode gone = JsonNode.Parse((await watch.ReadLineAsync(Cancel))!)!;
        Assert.Equal(("ERROR", "410"), ($"{gone["type"]}", $"{gone["object"]!["code"]}"));
        Assert.Null(await watch.ReadLineAsync(Cancel));
    }

    [Fact]
    public async Task Watch_by_label_sees_objects_come_and_go_as_they_match()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(Recorded);
        using StreamReader watch = await WatchAsync(
            server, $"/api/v1/namespaces?watch=1&labelSelector=tier%3Dfront&resourceVersion={server.Objects.Version}");

        server.Objects.Change(
            ApiResource.Namespaces, "", "empty", tree => tree["metadata"]!["labels"] = JsonNode.Parse("""{"tier":"front"}"""));
        server.Objects.Change(
            ApiResource.Namespaces, "", "empty", tree => tree["metadata"]!["labels"] = JsonNode.Parse("""{"tier":"back"}"""));

        Assert.StartsWith("{\"type\":\"ADDED\"", await watch.ReadLineAsync(Cancel), StringComparison.Ordinal);
        Assert.StartsWith("{\"type\":\"DELETED\"", await watch.ReadLineAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_come_once_and_in_order()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(Recorded);
        server.Faults.Next(ApiFault.Fail(429, retryAfter: 7), "list", ApiResource.Services);
        server.Faults.Next(ApiFault.Fail(500), "list");
        server.Faults.Next(ApiFault.CutMidway, "list", ApiResource.Services);

        using HttpResponseMessage busy = await AskAsync(server, Services);
        Assert.Equal((429, "7"), ((int)busy.StatusCode, busy.Headers.RetryAfter?.ToString()));
        using HttpResponseMessage broken = await AskAsync(server, Services);
        Assert.Equal(HttpStatusCode.InternalServerError, broken.StatusCode);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => GetAsync(server, Services));
        Assert.StartsWith("{\"kind\":\"ServiceList\"", await GetAsync(server, Services), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silent_watch_sends_nothing_and_stays_open()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(Recorded);
        server.Faults.NextEvent(ApiFault.Silent, ApiResource.Services);
        using StreamReader watch = await WatchAsync(server, $"{Services}?watch=1&resourceVersion={server.Objects.Version}");
        Task<string?> line = watch.ReadLineAsync(Cancel).AsTask();

        server.Objects.Delete(ApiResource.Services, "dns-playground", "secco");
        server.Order(ApiFault.Bookmark);
        await GetAsync(server, Services);

        Assert.False(line.IsCompleted);
        server.Order(ApiFault.End);
        Assert.Null(await line);
    }

    [Fact]
    public async Task Who_is_not_known_or_not_allowed_is_told_so_in_the_servers_words()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(Recorded, tls: true);
        server.Token = "first";
        using HttpResponseMessage stranger = await AskAsync(server, Services, "second");
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);

        server.Token = "second";
        server.Forbid("list", ApiResource.Pods);
        using HttpResponseMessage known = await AskAsync(server, Services, "second");
        using HttpResponseMessage forbidden = await AskAsync(server, "/api/v1/namespaces/spec/pods", "second");
        JsonNode status = JsonNode.Parse(await forbidden.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (known.StatusCode, forbidden.StatusCode));
        Assert.Equal("pods is forbidden: User \"system:serviceaccount:kubedoh:kubedoh\" cannot list resource \"pods\" in API group \"\" "
            + "in the namespace \"spec\"", $"{status["message"]}");
    }

    [Fact]
    public async Task Server_that_is_away_takes_no_connection_and_cuts_the_ones_it_has()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(Recorded);
        using StreamReader watch = await WatchAsync(server, $"{Services}?watch=1&resourceVersion={server.Objects.Version}");
        server.Away = true;
        await Assert.ThrowsAnyAsync<IOException>(() => watch.ReadLineAsync(Cancel).AsTask());
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => GetAsync(server, Services));
        server.Away = false;
        Assert.NotEmpty(await GetAsync(server, Services));
    }

    private static string WithoutVersion(string? line)
    {
        JsonNode tree = JsonNode.Parse(line!)!;
        tree["object"]!["metadata"]!["resourceVersion"] = "*";
        return tree.ToJsonString();
    }

    /// <summary>Trusts the server's own authority and no other.</summary>
    private static HttpClient Client(FakeApiServer server)
    {
        var handler = new SocketsHttpHandler();
        if (server.AuthorityPem is not { } authority) return new HttpClient(handler);
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { X509Certificate2.CreateFromPem(authority) },
        };
        return new HttpClient(handler);
    }

    private static async Task<string> GetAsync(FakeApiServer server, string path)
    {
        using HttpClient client = Client(server);
        return await client.GetStringAsync(server.Address + path, Cancel);
    }

    private static async Task<HttpResponseMessage> AskAsync(FakeApiServer server, string path, string? token = null)
    {
        using HttpClient client = Client(server);
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Address + path);
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        return await client.SendAsync(request, Cancel);
    }

    private static async Task<StreamReader> WatchAsync(FakeApiServer server, string path)
    {
        HttpClient client = Client(server);
        HttpResponseMessage response = await client.GetAsync(server.Address + path, HttpCompletionOption.ResponseHeadersRead, Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
    }
}
