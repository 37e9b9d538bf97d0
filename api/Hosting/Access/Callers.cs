using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.Net.Http.Headers;

namespace KubeDoH.Api.Hosting.Access;

/// <summary>Who it is, or why not.</summary>
internal readonly record struct Verdict(Caller? Caller, AccessRefusal? Refusal)
{
    public static implicit operator Verdict(Caller caller) => new(caller, null);

    public static implicit operator Verdict(AccessRefusal refusal) => new(null, refusal);
}

/// <summary>
/// Reads who sends a request: a token that counts here, a token of the cluster, or this machine itself. Loopback is trusted only
/// when nothing says that somebody else stands behind it: a Host of another name is how DNS rebinding comes in, and a forwarding
/// header is how a proxy does.
/// </summary>
/// <param name="cluster">Null where tokens of the cluster do not count.</param>
/// <param name="proxies">A caller there is a proxy, and never this machine itself.</param>
/// <param name="insideCluster">A pod's loopback is where its sidecar proxies are: it is then never trusted.</param>
internal sealed class Callers(
    ManagementOptions options, TokenBook tokens, ClusterCallers? cluster, IReadOnlyList<Network> proxies, bool insideCluster,
    TimeProvider time)
{
    private const string Bearer = "Bearer ";

    private readonly RateGate? _gate = options.RateLimit > 0 ? new RateGate(options.RateLimit, time) : null;

    /// <summary>True where somebody can have a credential.</summary>
    private bool KnowsCredentials => tokens.IsOpen || cluster is not null;

    private bool TrustsLoopback => !insideCluster
        && (options.TrustLoopback == LoopbackTrust.True || (options.TrustLoopback == LoopbackTrust.Auto && !KnowsCredentials));

    /// <summary>The caller of a request under <c>/api</c>, held to its rate. This machine itself is held to none.</summary>
    /// <param name="needed">One scope; none where it is enough to be known.</param>
    public ValueTask<Verdict> ReadAsync(HttpContext context, Scopes needed)
    {
        string authorization = context.Request.Headers.Authorization.ToString();
        if (IsTrusted(context, authorization)) return ValueTask.FromResult<Verdict>(ThisMachine(context));
        if (tokens.Find(SecretOf(authorization)) is not { } token) return LookFurtherAsync(context, authorization, needed);
        return ValueTask.FromResult(
            IsTooFast(RateGate.KeyOf(token.Name), out AccessRefusal? tooMany) ? tooMany : Judge(token, needed, context));
    }

    /// <summary>
    /// Whether a caller who was let in before still may what it was let in for, within the bounds that it had then. It is held to no rate;
    /// while the cluster cannot say, nothing changes.
    /// </summary>
    public async ValueTask<bool> StillMayAsync(HttpContext context, Caller caller, Scopes needed)
    {
        string authorization = context.Request.Headers.Authorization.ToString();
        Verdict now = IsTrusted(context, authorization) ? ThisMachine(context)
            : tokens.Find(SecretOf(authorization)) is { } token ? Judge(token, needed, context)
            : await AskClusterAsync(SecretOf(authorization).ToString(), needed, context);
        return now.Refusal == AccessRefusal.ClusterAway || (now.Caller?.Name == caller.Name && now.Caller.Bounds == caller.Bounds);
    }

    /// <summary>Whether a question may be asked, for which a credential with the scope query is needed; null when it may.</summary>
    public ValueTask<AccessRefusal?> RefuseQueryAsync(HttpContext context)
    {
        string authorization = context.Request.Headers.Authorization.ToString();
        return tokens.Find(SecretOf(authorization)) is { } token
            ? ValueTask.FromResult(WhyNot(token, Scopes.Query))
            : LookFurtherForQueryAsync(context, authorization);
    }

    /// <summary>The address of a caller as text; null where there is none.</summary>
    public static string? AddressOf(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : null;

    private AccessRefusal? WhyNot(TokenRecord token, Scopes needed) =>
        token.IsExpired(time.GetUtcNow()) ? AccessRefusal.ExpiredToken
        : needed != Scopes.None && !token.Scopes.Allow(needed) ? AccessRefusal.MissingScope(needed)
        : null;

    private Verdict Judge(TokenRecord token, Scopes needed, HttpContext context) => WhyNot(token, needed) is { } refusal
        ? refusal
        : new Caller(token.Name, AddressOf(context)) { Scopes = token.Scopes, Bounds = token.Bounds };

    private async ValueTask<AccessRefusal?> LookFurtherForQueryAsync(HttpContext context, string authorization) =>
        (await LookFurtherAsync(context, authorization, Scopes.Query)).Refusal;

    /// <summary>
    /// Whoever has no token that is known here is held to the rate of the address, before the file is looked at and the cluster asked.
    /// </summary>
    private async ValueTask<Verdict> LookFurtherAsync(HttpContext context, string authorization, Scopes needed)
    {
        if (IsTooFast(RateGate.KeyOf(context.Connection.RemoteIpAddress), out AccessRefusal? tooMany)) return tooMany;
        if (!KnowsCredentials) return AccessRefusal.NotLoopback;
        string secret = SecretOf(authorization).ToString();
        if (secret.Length == 0) return AccessRefusal.NoToken;
        if (tokens.FindNew(secret) is { } token) return Judge(token, needed, context);
        return await AskClusterAsync(secret, needed, context);
    }

    private async ValueTask<Verdict> AskClusterAsync(string secret, Scopes needed, HttpContext context) =>
        cluster is null || secret.Length is 0 or > TokenHash.LongestSecret
            ? AccessRefusal.UnknownToken
            : await cluster.ReadAsync(secret, needed, AddressOf(context)).WaitAsync(context.RequestAborted);

    /// <summary>True for a direct caller of this machine that has no credential, or where there is none.</summary>
    private bool IsTrusted(HttpContext context, string authorization) =>
        TrustsLoopback && (authorization.Length == 0 || !KnowsCredentials) && IsDirectLoopback(context);

    private static Caller ThisMachine(HttpContext context) => new("loopback", AddressOf(context)) { Scopes = Scopes.All };

    private bool IsTooFast(int key, [NotNullWhen(true)] out AccessRefusal? refusal)
    {
        refusal = _gate is null || _gate.TryPass(key, out TimeSpan wait) ? null : AccessRefusal.TooMany(wait);
        return refusal is not null;
    }

    /// <summary>The bearer token of the header (RFC 6750 2.1); empty where it has none.</summary>
    private static ReadOnlySpan<char> SecretOf(string authorization) =>
        authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization.AsSpan(Bearer.Length).Trim() : default;

    private bool IsDirectLoopback(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote) && !proxies.Contains(remote)
        && IsLoopbackHost(context.Request.Host.Host)
        && !context.Request.Headers.Keys.Any(IsForwarding);

    private static bool IsLoopbackHost(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));

    /// <summary>Also what is left of such a header once a proxy of ours was believed: <c>X-Original-For</c>.</summary>
    private static bool IsForwarding(string header) =>
        header.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
        || header.Equals(HeaderNames.Via, StringComparison.OrdinalIgnoreCase)
        || header.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
        || header.StartsWith("X-Original-", StringComparison.OrdinalIgnoreCase);
}
