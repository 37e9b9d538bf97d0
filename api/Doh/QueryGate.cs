using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Access;
using KubeDoH.Api.Hosting.Configuration;

namespace KubeDoH.Api.Doh;

/// <summary>
/// Stands before the paths that answer names where <c>Query</c> says who may ask them: by address, by rate, by token, in this order.
/// Who is let in at once passes without an allocation. Where all may ask, it is not there.
/// </summary>
internal sealed class QueryGate(QueryOptions options, Derived<Callers> callers, TimeProvider time)
{
    private readonly RateGate? _gate = options.RateLimit > 0 ? new RateGate(options.RateLimit, time) : null;

    public static bool IsNeeded(QueryOptions options) => options.Allow.Count > 0 || options.RateLimit > 0 || options.RequireToken;

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        PathString path = context.Request.Path;
        bool asks = path.StartsWithSegments("/dns-query") || path.StartsWithSegments("/resolve");
        if (!asks) return next(context);
        if (options.Allow.Count > 0 && !options.Allow.Contains(context.Connection.RemoteIpAddress))
            return AccessRefusal.AddressNotAllowed.WriteAsync(context);
        if (_gate is not null && !_gate.TryPass(RateGate.KeyOf(context.Connection.RemoteIpAddress), out TimeSpan wait))
            return AccessRefusal.TooMany(wait).WriteAsync(context);
        if (!options.RequireToken) return next(context);
        ValueTask<AccessRefusal?> judged = callers.Value.RefuseQueryAsync(context);
        return judged.IsCompletedSuccessfully ? GoOn(judged.Result, context, next) : AwaitAsync(judged, context, next);
    }

    private static Task GoOn(AccessRefusal? refusal, HttpContext context, RequestDelegate next) =>
        refusal is null ? next(context) : refusal.WriteAsync(context);

    private static async Task AwaitAsync(ValueTask<AccessRefusal?> judged, HttpContext context, RequestDelegate next) =>
        await GoOn(await judged, context, next);
}
