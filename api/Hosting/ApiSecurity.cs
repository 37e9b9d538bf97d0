using KubeDoH.Api.Hosting.Access;
using KubeDoH.Api.Hosting.Configuration;

namespace KubeDoH.Api.Hosting;

/// <summary>
/// Stands before every path under <c>/api</c>: refuses writes that another site's page sent, and callers who may not. Behind it the
/// request has its <see cref="Caller"/> and its <see cref="Admission"/>.
/// </summary>
/// <param name="showsAddresses">Writes addresses of refused callers into the log.</param>
internal sealed partial class ApiSecurity(Derived<Callers> callers, ILogger<ApiSecurity> logger, bool showsAddresses = false)
{
    public Task InvokeAsync(HttpContext context, RequestDelegate next) =>
        context.Request.Path.StartsWithSegments("/api") ? GuardAsync(context, next) : next(context);

    private async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        Scopes needed = ScopeText.Of(context);
        Verdict verdict = IsWrite(context.Request) && IsFromAnotherSite(context.Request)
            ? AccessRefusal.CrossSite
            : await callers.Value.ReadAsync(context, needed);
        if (verdict.Caller is { } caller)
        {
            context.Features.Set(caller);
            context.Features.Set(new Admission(callers, caller, needed));
            if (context.RequestServices.GetService<RequestCaller>() is { } holder) holder.Caller = caller;
            await next(context);
            return;
        }

        AccessRefusal refusal = verdict.Refusal!;
        string from = showsAddresses ? Callers.AddressOf(context) ?? "nowhere" : "an address that is not logged";
        LogLevel level = refusal.Status == StatusCodes.Status429TooManyRequests ? LogLevel.Debug : LogLevel.Information;
        Log.Refused(logger, level, context.TraceIdentifier, context.Request.Method, context.Request.Path, refusal.Type, from);
        await refusal.WriteAsync(context);
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

    private static partial class Log
    {
        [LoggerMessage(Message = "Request {RequestId}, {Method} {Path}, was refused ({Type}); it came from {From}")]
        public static partial void Refused(
            ILogger logger, LogLevel level, string requestId, string method, PathString path, string type, string from);
    }
}
