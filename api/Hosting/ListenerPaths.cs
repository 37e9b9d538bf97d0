namespace KubeDoH.Api.Hosting;

/// <summary>
/// Where some addresses are for something of their own: lets each answer what it is for, and nothing else. What is not there at one
/// address is not found, whoever asks.
/// </summary>
internal sealed class ListenerPaths(ListenOptions listen)
{
    private static readonly string[] Names = ["/dns-query", "/resolve"];

    private readonly bool _hasManagement = listen.HasManagement, _hasMetrics = listen.Metrics.Count > 0;

    /// <summary>False where every address is for everything: nothing needs to be looked at then.</summary>
    public static bool AreNeeded(ListenOptions listen) =>
        listen.HasManagement || listen.Metrics.Count + listen.Health.Count + listen.Ready.Count > 0;

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        ListenerRole role = ServedConnection.Of(context)?.Listener.Role ?? ListenerRole.Shared;
        if (Serves(role, context.Request.Path)) return next(context);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private bool Serves(ListenerRole role, PathString path) => role switch
    {
        ListenerRole.Health => path == "/health",
        ListenerRole.Ready => path == "/ready",
        ListenerRole.Metrics => path == "/metrics",
        ListenerRole.Management => !IsName(path) && !(_hasMetrics && path == "/metrics"),
        _ when _hasManagement => IsName(path) || path == "/health" || path == "/ready",
        _ => !(_hasMetrics && path == "/metrics"),
    };

    private static bool IsName(PathString path) =>
        Array.Exists(Names, name => path.StartsWithSegments(name, StringComparison.OrdinalIgnoreCase));
}
