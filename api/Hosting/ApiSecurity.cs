using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace KubeDoH.Api.Hosting;

/// <summary>
/// Stands before every path under <c>/api</c>: refuses writes that another site's page sent, and callers who may not.
/// Loopback is trusted only when nothing says that somebody else stands behind it: a Host of another name is how DNS rebinding
/// comes in, and a forwarding header is how a proxy does.
/// </summary>
/// <param name="insideCluster">A pod's loopback is where its sidecar proxies are: it is then never trusted.</param>
internal sealed class ApiSecurity(ManagementOptions options, bool insideCluster)
{
    private const string Bearer = "Bearer ";

    private readonly byte[][] _tokens = [.. options.Tokens.Select(Hash)];

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Path.StartsWithSegments("/api")) return next(context);
        if (IsWrite(context.Request) && IsFromAnotherSite(context.Request))
            return ApiProblems.WriteAsync(context, StatusCodes.Status403Forbidden, "cross-site", "Forbidden",
                "A page of another site may not write here.");
        return _tokens.Length > 0 ? RequireTokenAsync(context, next) : RequireLoopbackAsync(context, next);
    }

    private static bool IsWrite(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !HttpMethods.IsOptions(request.Method);

    /// <summary>A browser names the page's origin with every write (RFC 6454 7.3), and how far it is from ours (Fetch Metadata).</summary>
    private static bool IsFromAnotherSite(HttpRequest request)
    {
        if (string.Equals(request.Headers["Sec-Fetch-Site"], "cross-site", StringComparison.OrdinalIgnoreCase)) return true;
        string? origin = request.Headers.Origin;
        return !string.IsNullOrEmpty(origin)
            && !origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }

    private Task RequireTokenAsync(HttpContext context, RequestDelegate next)
    {
        string authorization = context.Request.Headers.Authorization.ToString();
        bool isBearer = authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase);
        if (isBearer && Find(authorization[Bearer.Length..].Trim()) is { } position) return LetIn(context, next, $"token {position}");
        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"kubedoh\"" + (isBearer ? ", error=\"invalid_token\"" : "");
        return ApiProblems.WriteAsync(context, StatusCodes.Status401Unauthorized, "unauthorized", "Unauthorized",
            "A bearer token of Management:Tokens is needed.");
    }

    private Task RequireLoopbackAsync(HttpContext context, RequestDelegate next)
    {
        if (options.TrustLoopback && !insideCluster && IsDirectLoopback(context)) return LetIn(context, next, "loopback");
        return ApiProblems.WriteAsync(context, StatusCodes.Status403Forbidden, "loopback-only", "Forbidden",
            "Without Management:Tokens only direct callers of this machine, by a loopback name, are let in.");
    }

    private static Task LetIn(HttpContext context, RequestDelegate next, string name)
    {
        context.Features.Set(new Caller(name, context.Connection.RemoteIpAddress?.ToString()));
        return next(context);
    }

    private static bool IsDirectLoopback(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote)
        && IsLoopbackHost(context.Request.Host.Host)
        && !context.Request.Headers.Keys.Any(IsForwarding);

    private static bool IsLoopbackHost(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));

    private static bool IsForwarding(string header) =>
        header.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
        || header.Equals(HeaderNames.Via, StringComparison.OrdinalIgnoreCase)
        || header.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase);

    /// <summary>The position of the token in Management:Tokens, from one. Compares with every one, in a time that tells nothing of any.</summary>
    private int? Find(string token)
    {
        byte[] hash = Hash(token);
        int? found = null;
        for (int i = 0; i < _tokens.Length; i++)
            if (CryptographicOperations.FixedTimeEquals(_tokens[i], hash)) found = i + 1;
        return found;
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
