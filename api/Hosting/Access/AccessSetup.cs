using KubeDoH.Api.Doh;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Engine.Kubernetes;
using Microsoft.AspNetCore.HttpOverrides;

namespace KubeDoH.Api.Hosting.Access;

/// <summary>Puts together who may: behind which proxies the callers are, who may ask names, and who may use <c>/api</c>.</summary>
internal static partial class AccessSetup
{
    /// <summary>
    /// Who may under the options in force. What a reload says of tokens and cannot be gone by leaves who may as it was, with a line in the
    /// log. Null with a sentence as <see cref="TryRead"/>.
    /// </summary>
    public static Derived<Callers>? TryFollow(
        LiveConfiguration live, AccessReviews? reviews, bool insideCluster, TimeProvider time, ILoggerFactory loggers, out string? error)
    {
        if (TryRead(live.InForce, reviews, insideCluster, time, loggers, out error) is not { } first) return null;
        var callers = new Derived<Callers>(first);
        ILogger logger = loggers.CreateLogger<Callers>();
        live.Follow(options =>
        {
            if (TryRead(options, reviews, insideCluster, time, loggers, out string? problem) is { } next) callers.Value = next;
            else Log.Refused(logger, problem!);
        });
        return callers;
    }

    /// <summary>Null with a sentence where a token makes no sense, or there is no API server to ask.</summary>
    public static Callers? TryRead(
        AppOptions options, AccessReviews? reviews, bool insideCluster, TimeProvider time, ILoggerFactory loggers, out string? error)
    {
        ManagementOptions management = options.Management;
        if (!TokenBook.TryOpen(management, time, loggers.CreateLogger<TokenBook>(), out TokenBook? tokens, out error)) return null;
        if (management.Kubernetes && reviews is null)
        {
            error = "Management:Kubernetes needs an API server to ask, and Kubernetes:Mode leads to none";
            return null;
        }

        ClusterCallers? cluster = management.Kubernetes
            ? new ClusterCallers(reviews!, management.Audiences, time, loggers.CreateLogger<ClusterCallers>())
            : null;
        return new Callers(management, tokens, cluster, options.Listen.Proxies, insideCluster, time);
    }

    /// <summary>
    /// Takes the address of a caller from <c>X-Forwarded-For</c>, and the scheme from <c>X-Forwarded-Proto</c>, where the request comes
    /// from a proxy of ours: the last address that is none of theirs. Of anybody else these headers mean nothing.
    /// </summary>
    public static void UseProxies(this WebApplication app, IReadOnlyList<Network> proxies)
    {
        if (proxies.Count == 0) return;
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (Network proxy in proxies) options.KnownIPNetworks.Add(proxy.ToIPNetwork());
        app.UseForwardedHeaders(options);
    }

    public static void UseQueryGate(this WebApplication app, QueryOptions options, Derived<Callers> callers)
    {
        if (QueryGate.IsNeeded(options)) app.Use(new QueryGate(options, callers, app.Services.GetRequiredService<TimeProvider>()).InvokeAsync);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Configuration: {Problem}; who may stays as it was")]
        public static partial void Refused(ILogger logger, string problem);
    }
}
