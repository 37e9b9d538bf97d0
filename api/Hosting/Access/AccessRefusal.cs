using System.Globalization;

namespace KubeDoH.Api.Hosting.Access;

/// <summary>Why a caller is not let in: the status and the problem that is told. Nothing of a credential goes into it.</summary>
/// <param name="Type">The last part of the problem's type.</param>
internal sealed record AccessRefusal(int Status, string Type, string Title, string Detail)
{
    private const string Realm = "Bearer realm=\"kubedoh\"";

    /// <summary>How to come again (RFC 6750 3); null where no credential would help.</summary>
    public string? Challenge { get; private init; }

    /// <summary>Seconds, for a refusal that passes by itself.</summary>
    public int? RetryAfter { get; private init; }

    public static readonly AccessRefusal CrossSite =
        new(StatusCodes.Status403Forbidden, "cross-site", "Forbidden", "A page of another site may not write here.");

    public static readonly AccessRefusal NotLoopback = new(StatusCodes.Status403Forbidden, "loopback-only", "Forbidden",
        "No credential is configured: only direct callers of this machine, by a loopback name, are let in.");

    public static readonly AccessRefusal NoToken =
        new(StatusCodes.Status401Unauthorized, "unauthorized", "Unauthorized", "A bearer token is needed.") { Challenge = Realm };

    public static readonly AccessRefusal UnknownToken =
        new(StatusCodes.Status401Unauthorized, "unauthorized", "Unauthorized", "The bearer token is none that counts here.")
        {
            Challenge = $"{Realm}, error=\"invalid_token\"",
        };

    public static readonly AccessRefusal ExpiredToken =
        new(StatusCodes.Status401Unauthorized, "unauthorized", "Unauthorized", "The bearer token has expired.")
        {
            Challenge = $"{Realm}, error=\"invalid_token\", error_description=\"expired\"",
        };

    public static readonly AccessRefusal ClusterAway = new(StatusCodes.Status503ServiceUnavailable, "review-unavailable",
        "The cluster cannot be asked", "Whether the caller may do this is the cluster's to say, and it does not answer now.")
    {
        RetryAfter = 2,
    };

    public static readonly AccessRefusal AddressNotAllowed = new(StatusCodes.Status403Forbidden, "address-not-allowed", "Forbidden",
        "Callers at this address may not ask here.");

    public static AccessRefusal MissingScope(Scopes scope) =>
        new(StatusCodes.Status403Forbidden, "missing-scope",
            "Forbidden", $"The credential does not allow this: it lacks {ScopeText.Write(scope)}.")
        {
            Challenge = $"{Realm}, error=\"insufficient_scope\", scope=\"{ScopeText.Write(scope)}\"",
        };

    /// <summary>A caller that is too fast; it may come again after the wait.</summary>
    public static AccessRefusal TooMany(TimeSpan wait) =>
        new(StatusCodes.Status429TooManyRequests, "too-many-requests", "Too many requests", "The caller asks faster than it may.")
        {
            RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)),
        };

    /// <summary>No cache keeps a refusal: the next caller may be another one.</summary>
    public Task WriteAsync(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        if (Challenge is not null) headers.WWWAuthenticate = Challenge;
        if (RetryAfter is { } seconds) headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return ApiProblems.WriteAsync(context, Status, Type, Title, Detail);
    }
}
