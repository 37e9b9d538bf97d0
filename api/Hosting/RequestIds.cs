namespace KubeDoH.Api.Hosting;

/// <summary>
/// The id of a request: in the log, in the header <c>X-Request-Id</c> of what <c>/api</c> replies and of every problem, and there as its
/// <c>instance</c>. A caller of <c>/api</c> that sends one is called by it. The paths that answer names make none: it would cost each
/// of them more than its answer.
/// </summary>
internal static class RequestIds
{
    public const string Header = "X-Request-Id";

    /// <summary>Characters; a UUID has 36.</summary>
    private const int Longest = 64;

    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Path.StartsWithSegments("/api")) return next(context);
        string sent = context.Request.Headers[Header].ToString();
        if (sent.Length is > 0 and <= Longest && sent.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':'))
            context.TraceIdentifier = sent;
        context.Response.Headers[Header] = context.TraceIdentifier;
        return next(context);
    }
}
