using KubeDoH.Api.Doh;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Engine.Kubernetes;
using Microsoft.AspNetCore.HttpOverrides;

namespace KubeDoH.Api.Hosting.Access;

/// <summary>Puts together who may: behind which proxies the callers are, who may ask names, and who may use <c>/api</c>.</summary>
internal static class AccessSetup
{
    /// <summary>
    /// Who may under the options in force; null with a sentence as <see cref="TryRead"/>. Where a reload changes nothing of who may, it
    /// stays as it is, with all that is known of callers: a file of tokens that cannot be read at that moment is in its way no more than
    /// at any other.
    /// </summary>
    public static Derived<Callers>? TryFollow(
        LiveConfiguration live, AccessReviews? reviews, bool insideCluster, TimeProvider time, ILoggerFactory loggers, out string? error)
    {
        Derived<Callers>? callers = null;
        callers = live.TryDerive((AppOptions options, out string? problem) =>
        {
            problem = null;
            return callers is not null && SayTheSame(options, live.InForce)
                ? callers.Value
                : TryRead(options, reviews, insideCluster, time, loggers, out problem);
        }, out error);
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
        if (QueryGate.IsNeeded(options))
            app.Use(new QueryGate(options, callers, app.Services.GetRequiredService<TimeProvider>()).InvokeAsync);
    }

    private static bool SayTheSame(AppOptions one, AppOptions other) => ConfigurationKeys.All
        .Where(key => key.Path.StartsWith("Management:", StringComparison.Ordinal))
        .All(key => key.Print(one) == key.Print(other));
}
