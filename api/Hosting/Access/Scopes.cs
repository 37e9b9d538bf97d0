using Microsoft.AspNetCore.Routing;

namespace KubeDoH.Api.Hosting.Access;

/// <summary>What a caller may do.</summary>
[Flags]
internal enum Scopes
{
    None = 0,

    /// <summary>Ask names, where that needs a credential (<c>Query:RequireToken</c>).</summary>
    Query = 1,

    /// <summary>See entries, their history and their changes.</summary>
    EntriesRead = 2,

    /// <summary>Add, change, import and remove entries.</summary>
    EntriesWrite = 4,

    /// <summary>See everything else under <c>/api</c>.</summary>
    Inspect = 8,

    /// <summary>Change everything else, and all that the other scopes allow.</summary>
    Admin = 16,

    All = Query | EntriesRead | EntriesWrite | Inspect | Admin,
}

/// <summary>Scopes in words, and which of them a request needs.</summary>
internal static class ScopeText
{
    /// <summary>The words, as tokens have them.</summary>
    public static readonly IReadOnlyDictionary<string, Scopes> Words = new Dictionary<string, Scopes>(StringComparer.Ordinal)
    {
        ["query"] = Scopes.Query,
        ["entries:read"] = Scopes.EntriesRead,
        ["entries:write"] = Scopes.EntriesWrite,
        ["inspect"] = Scopes.Inspect,
        ["admin"] = Scopes.Admin,
    };

    /// <summary>The word of one scope.</summary>
    public static string Write(Scopes scope) => Words.First(word => word.Value == scope).Key;

    public static bool Allow(this Scopes held, Scopes needed) => (held & (needed | Scopes.Admin)) != 0;

    /// <summary>
    /// The scope that a route under <c>/api</c> needs, by its pattern. A route that nobody thought of needs the most: inspect to read,
    /// admin to write. A list of questions comes by POST and changes nothing.
    /// </summary>
    public static Scopes Of(string pattern, string method)
    {
        ReadOnlySpan<char> path = pattern.AsSpan().TrimStart('/');
        bool asks = HttpMethods.IsPost(method) && path.TrimEnd('/').SequenceEqual("api/v1/compare");
        bool reads = asks || HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
        bool isEntries = path.StartsWith("api/v1/entries", StringComparison.Ordinal)
            || path.StartsWith("api/v1/entry-", StringComparison.Ordinal);
        return isEntries
            ? reads ? Scopes.EntriesRead : Scopes.EntriesWrite
            : reads ? Scopes.Inspect : Scopes.Admin;
    }

    /// <summary>The same for a request whose route is known; one without a route does nothing.</summary>
    public static Scopes Of(HttpContext context) =>
        context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } pattern } ? Of(pattern, context.Request.Method) : Scopes.None;
}
