using System.Net.Http.Headers;
using System.Text;
using KubeDoH.Api.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace KubeDoH.Tests.Clients;

/// <summary>What a route is for, as who may use it goes by that: a column of <see cref="SecurityTable.Callers"/>.</summary>
internal enum RouteKind
{
    Public,
    Query,
    Read,
    Write,
    Inspect,
    Admin,
}

/// <summary>A route with a method, and a request for it that goes well.</summary>
/// <param name="Route">Its pattern, as it is mapped.</param>
/// <param name="Target">What is asked for.</param>
/// <param name="Status">What comes of it for who may.</param>
/// <param name="Outside">What comes of it for who may, but not with this entry; null for the same.</param>
/// <param name="Body">JSON; a DNS message where it is "dns".</param>
internal sealed record SecurityRow(
    string Method, string Route, string Target, RouteKind Kind, int Status = 200, int? Outside = null, string? Body = null);

/// <summary>Somebody who sends requests.</summary>
/// <param name="From">The address.</param>
/// <param name="Headers">Beside the request's own; a Host among them counts.</param>
/// <param name="Statuses">
/// What comes of a request by its route's kind, in their order: a status; <c>ok</c> for the row's; <c>out</c> for its outside.
/// </param>
internal sealed record SecurityCaller(string Name, string From, string Headers, string Statuses)
{
    /// <summary>A POST that changes nothing is kept from other sites' pages like one that does.</summary>
    private bool IsCrossSitePost(SecurityRow row) =>
        row.Method == "POST" && row.Kind == RouteKind.Inspect && Headers.Contains("-site", StringComparison.Ordinal)
        && !Headers.Contains("same-origin", StringComparison.Ordinal);

    public int StatusOf(SecurityRow row) =>
        IsCrossSitePost(row) ? 403 : Statuses.Split(' ', StringSplitOptions.RemoveEmptyEntries)[(int)row.Kind] switch
    {
        "ok" => row.Status,
        "out" => row.Outside ?? row.Status,
        var status => int.Parse(status),
    };
}

/// <summary>Each route and each caller: a route without a row fails the test, and so does a status that is not the table's.</summary>
internal static class SecurityTable
{
    public const string Home = "192.0.2.1", Remote = "192.0.2.10", Proxy = "192.0.2.20", Elsewhere = "198.51.100.9", Loopback = "127.0.0.1";

    /// <summary>An entry that is there, and lies outside the bounds of the token that has some.</summary>
    public const string Kept = "kept.corp.example";

    private const string PodPath = "dns-playground/secco-cff76b474-kzqcp", Pod = "/dns-query/pod/" + PodPath;

    private const string Entry = """{"records":["192.0.2.77"]}""";

    public static readonly IReadOnlyList<SecurityRow> Rows =
    [
        .. Reading("/health", RouteKind.Public),
        .. Reading("/ready", RouteKind.Public),
        .. Reading("/metrics", RouteKind.Public),
        .. Reading("/openapi/v1.yaml", RouteKind.Public),
        .. Asking("/dns-query", "/dns-query"),
        new("POST", "/dns-query", "/dns-query", RouteKind.Query, Body: "dns"),
        .. Asking("/dns-query/ns/{namespace}", "/dns-query/ns/dns-playground"),
        new("POST", "/dns-query/ns/{namespace}", "/dns-query/ns/dns-playground", RouteKind.Query, Body: "dns"),
        .. Asking("/dns-query/pod/{namespace}/{pod}", Pod),
        new("POST", "/dns-query/pod/{namespace}/{pod}", Pod, RouteKind.Query, Body: "dns"),
        .. Asking("/resolve", "/resolve"),
        .. Reading("/api/v1/entries", RouteKind.Read),
        .. Reading("/api/v1/entries/{name}", RouteKind.Read, $"/api/v1/entries/{Kept}", 404),
        .. Reading("/api/v1/entries/{name}/{type}", RouteKind.Read, $"/api/v1/entries/{Kept}/A", 404),
        new("POST", "/api/v1/entries", "/api/v1/entries?dryRun=true",
            RouteKind.Write, 201, 403, """{"name":"new.corp.example","type":"A","records":["192.0.2.77"]}"""),
        new("PUT", "/api/v1/entries/{name}/{type}", $"/api/v1/entries/new.corp.example/A?dryRun=true", RouteKind.Write, 201, 403, Entry),
        new("DELETE", "/api/v1/entries/{name}/{type}", $"/api/v1/entries/{Kept}/A?dryRun=true", RouteKind.Write, 204, 403),
        new("DELETE", "/api/v1/entries/{name}", $"/api/v1/entries/{Kept}?dryRun=true", RouteKind.Write, 204, 403),
        new("PATCH", "/api/v1/entries/{name}/{type}", $"/api/v1/entries/{Kept}/A?dryRun=true", RouteKind.Write, 200, 404, """{"ttl":30}"""),
        new("POST", "/api/v1/entry-batches", "/api/v1/entry-batches?dryRun=true", RouteKind.Write, 200, 403,
            $$"""{"operations":[{"op":"delete","name":"{{Kept}}","type":"A"}]}"""),
        new("POST", "/api/v1/entry-imports", "/api/v1/entry-imports?dryRun=true", RouteKind.Write, 200, 403,
            """[{"name":"new.corp.example","type":"A","records":["192.0.2.77"]}]"""),
        .. Reading("/api/v1/entry-exports", RouteKind.Read),
        new("GET", "/api/v1/entry-events", "/api/v1/entry-events", RouteKind.Read),
        .. Reading("/api/v1/entry-history", RouteKind.Read),
        .. Reading("/api/v1/sources", RouteKind.Inspect),
        .. Reading("/api/v1/records", RouteKind.Inspect),
        new("GET", "/api/v1/compare", "/api/v1/compare?name=localhost", RouteKind.Inspect, 404),
        new("HEAD", "/api/v1/compare", "/api/v1/compare?name=localhost", RouteKind.Inspect, 404),
        new("POST", "/api/v1/compare", "/api/v1/compare", RouteKind.Inspect, 404, Body: """{"questions":[{"name":"localhost"}]}"""),
        .. Reading("/api/v1/upstreams", RouteKind.Inspect),
        .. Reading("/api/v1/cache", RouteKind.Inspect),
        new("GET", "/api/v1/queries", "/api/v1/queries", RouteKind.Inspect),
        .. Reading("/api/v1/queries/summary", RouteKind.Inspect),
        .. Reading("/api/v1/config", RouteKind.Inspect),
        .. Reading("/api/v1/explain", RouteKind.Inspect, "/api/v1/explain?name=kubernetes.default.svc.cluster.local"),
        .. Reading("/api/v1/namespaces/{namespace}/resolv.conf", RouteKind.Inspect, "/api/v1/namespaces/dns-playground/resolv.conf"),
        .. Reading("/api/v1/namespaces/{namespace}/env", RouteKind.Inspect, "/api/v1/namespaces/dns-playground/env"),
        .. Reading("/api/v1/pods/{namespace}/{pod}/resolv.conf", RouteKind.Inspect, $"/api/v1/pods/{PodPath}/resolv.conf"),
        .. Reading("/api/v1/pods/{namespace}/{pod}/hosts", RouteKind.Inspect, $"/api/v1/pods/{PodPath}/hosts"),
        .. Reading("/api/v1/pods/{namespace}/{pod}/env", RouteKind.Inspect, $"/api/v1/pods/{PodPath}/env"),
        new("DELETE", "/api/v1/cache", "/api/v1/cache", RouteKind.Admin, 204),
        new("DELETE", "/api/v1/cache/{name}", "/api/v1/cache/a.example", RouteKind.Admin, 204),
        new("DELETE", "/api/v1/cache/{name}/{type}", "/api/v1/cache/a.example/A", RouteKind.Admin, 204),
    ];

    /// <summary>Where no credential is configured.</summary>
    public static readonly IReadOnlyList<SecurityCaller> WithoutTokens =
    [
        //                                                                        public query read write inspect admin
        new("loopback", Loopback, "",                                                "ok   ok   ok   ok   ok   ok"),
        new("loopback with a token of no meaning", Loopback, "Authorization: Bearer x", "ok   ok   ok   ok   ok   ok"),
        new("loopback behind a proxy", Loopback, "X-Forwarded-For: 127.0.0.1",        "ok   ok   403  403  403  403"),
        new("loopback behind a proxy by the standard", Loopback, "Forwarded: for=127.0.0.1", "ok   ok   403  403  403  403"),
        new("loopback behind a gateway", Loopback, "Via: 1.1 gateway",                "ok   ok   403  403  403  403"),
        new("loopback by a forged Host", Loopback, "Host: evil.example",              "ok   ok   403  403  403  403"),
        new("loopback, a page of another site", Loopback,
            "Origin: http://evil.example|Sec-Fetch-Site: cross-site", "ok   ok   ok   403  ok   403"),
        new("loopback, a page of another port", Loopback,
            "Origin: http://127.0.0.1:9999|Sec-Fetch-Site: same-site", "ok   ok   ok   403  ok   403"),
        new("remote", Remote, "",                                                    "ok   ok   403  403  403  403"),
        new("remote by a loopback Host", Remote, "Host: localhost:8053",              "ok   ok   403  403  403  403"),
        new("remote that says it is loopback", Remote, "X-Forwarded-For: 127.0.0.1|Host: localhost:8053", "ok   ok   403  403  403  403"),
        new("remote with a token", Remote, "Authorization: Bearer {admin}",           "ok   ok   403  403  403  403"),
        new("behind our proxy, from loopback", Proxy, "X-Forwarded-For: 127.0.0.1|Host: localhost:8053", "ok   ok   403  403  403  403"),
    ];

    /// <summary>
    /// Where tokens are configured, names need one too, callers of one network may ask them, and there is a proxy of ours.
    /// </summary>
    public static readonly IReadOnlyList<SecurityCaller> WithTokens =
    [
        //                                                                        public query read write inspect admin
        new("loopback", Loopback, "",                                                "ok   401  401  401  401  401"),
        new("loopback with the right token", Loopback, "Authorization: Bearer {admin}", "ok   ok   ok   ok   ok   ok"),
        new("remote without", Remote, "",                                            "ok   401  401  401  401  401"),
        new("remote with a wrong token", Remote, "Authorization: Bearer {wrong}",     "ok   401  401  401  401  401"),
        new("remote with the token in another scheme", Remote, "Authorization: Basic {admin}", "ok   401  401  401  401  401"),
        new("remote with the hash of the token", Remote, "Authorization: Bearer {hash}", "ok   401  401  401  401  401"),
        new("remote with the right token", Remote, "Authorization: Bearer {admin}",   "ok   ok   ok   ok   ok   ok"),
        new("remote with an expired token", Remote, "Authorization: Bearer {expired}", "ok   401  401  401  401  401"),
        new("remote with a token to ask names", Remote, "Authorization: Bearer {asker}", "ok   ok   403  403  403  403"),
        new("remote with a token to read entries", Remote, "Authorization: Bearer {reader}", "ok   403  ok   403  403  403"),
        new("remote with a token to write entries", Remote, "Authorization: Bearer {writer}", "ok   403  403  ok   403  403"),
        new("remote with a token to inspect", Remote, "Authorization: Bearer {inspector}", "ok   403  403  403  ok   403"),
        new("remote with a token for other names", Remote, "Authorization: Bearer {team}", "ok   403  out  out  403  403"),
        new("remote with a token for other namespaces", Remote, "Authorization: Bearer {shop}", "ok   403  out  out  403  403"),
        new("remote with the right token by a forged Host",
            Remote, "Authorization: Bearer {admin}|Host: evil.example", "ok   ok   ok   ok   ok   ok"),
        new("remote that says it is loopback", Remote, "X-Forwarded-For: 127.0.0.1|Host: localhost:8053", "ok   401  401  401  401  401"),
        new("remote that says it is elsewhere", Remote,
            "X-Forwarded-For: 198.51.100.9|Authorization: Bearer {admin}", "ok   ok   ok   ok   ok   ok"),
        new("behind our proxy, from loopback", Proxy, "X-Forwarded-For: 127.0.0.1|Host: localhost:8053", "ok   401  401  401  401  401"),
        new("behind our proxy, from elsewhere", Proxy,
            "X-Forwarded-For: 198.51.100.9|Authorization: Bearer {admin}", "ok   403  ok   ok   ok   ok"),
        new("behind our proxy, a forger", Proxy, "X-Forwarded-For: 192.0.2.10, 198.51.100.9|Authorization: Bearer {admin}",
            "ok   403  ok   ok   ok   ok"),
        new("elsewhere with the right token", Elsewhere, "Authorization: Bearer {admin}", "ok   403  ok   ok   ok   ok"),
        new("a page of another site with the right token",
            Remote, "Authorization: Bearer {admin}|Origin: http://evil.example|Sec-Fetch-Site: cross-site", "ok   ok   ok   403  ok   403"),
        new("a page of ours with the right token", Remote,
            "Authorization: Bearer {admin}|Origin: http://192.0.2.1:8053|Sec-Fetch-Site: same-origin", "ok   ok   ok   ok   ok   ok"),
    ];

    /// <summary>A line for each route and method without a row.</summary>
    public static IEnumerable<string> Missing(IEnumerable<RouteEndpoint> routes) =>
        from route in routes
        let path = "/" + route.RoutePattern.RawText!.Trim('/')
        from method in route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods
            ?? route.Metadata.GetMetadata<AnsweredMethods>()?.Allow.Split(", ") ?? ["any method"]
        where !Rows.Any(row => row.Method == method && row.Route == path)
        select $"{method} {path} has no row";

    /// <summary>The row's request as the caller sends it.</summary>
    /// <param name="secrets">What stands for {words} in headers.</param>
    public static HttpRequestMessage Request(SecurityRow row, SecurityCaller caller, Func<string, string> secrets)
    {
        var request = new HttpRequestMessage(new HttpMethod(row.Method), row.Target);
        if (row.Body == "dns") request.Content = new ByteArrayContent(Api.Doh.Messages.Question("localhost"));
        else if (row.Body is not null) request.Content = new StringContent(row.Body, Encoding.UTF8);
        if (request.Content is not null)
        {
            string type = row.Body == "dns"
                ? "application/dns-message"
                : row.Method == "PATCH" ? "application/merge-patch+json" : "application/json";
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        }

        foreach (string header in caller.Headers.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = header.Split(": ", 2);
            if (parts[0] == "Host") request.Headers.Host = parts[1];
            else request.Headers.TryAddWithoutValidation(parts[0], secrets(parts[1]));
        }

        return request;
    }

    private static SecurityRow[] Reading(string route, RouteKind kind, string? target = null, int? outside = null) =>
        [new("GET", route, target ?? route, kind, 200, outside), new("HEAD", route, target ?? route, kind, 200, outside)];

    private static SecurityRow[] Asking(string route, string path) =>
    [
        new("GET", route, $"{path}?name=localhost", RouteKind.Query), new("HEAD", route, $"{path}?name=localhost", RouteKind.Query),
        new("OPTIONS", route, path, RouteKind.Query, 204),
    ];
}
