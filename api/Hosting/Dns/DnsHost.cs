using System.Net.Security;
using KubeDoH.Api.Doh;
using KubeDoH.Engine;
using KubeDoH.Engine.Listeners;

namespace KubeDoH.Api.Hosting.Dns;

/// <summary>Runs the classic listeners: behind the feeds, and on its end only when what was asked is answered.</summary>
internal sealed class DnsHost(DnsListeners listeners) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        listeners.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => listeners.StopAsync(cancellationToken);
}

/// <summary>Makes the classic listeners known to the host.</summary>
internal static class DnsRegistration
{
    /// <summary>As RFC 7858 registers it with ALPN.</summary>
    private static readonly SslApplicationProtocol Dot = new("dot");

    /// <summary>The part of the connections that HTTP may have which classic DNS may have beside it.</summary>
    private const int Share = 4;

    /// <param name="certificates">There where <c>Listen:Dot</c> is on.</param>
    public static IServiceCollection AddDns(
        this IServiceCollection services, ListenOptions listen, CertificateSource? certificates, EngineServices engine)
    {
        if (listen.Dns.Count == 0 && listen.Dot.Count == 0) return services;
        return services
            .AddSingleton(provider => new DnsListeners(
                Settings(listen, certificates, engine, provider.GetRequiredService<QueryReport>()), engine.Resolver,
                provider.GetRequiredService<TimeProvider>(), Random.Shared, provider.GetRequiredService<ILogger<DnsListeners>>()))
            .AddHostedService<DnsHost>();
    }

    private static ListenerSettings Settings(
        ListenOptions listen, CertificateSource? certificates, EngineServices engine, QueryReport report)
    {
        var limits = new ListenerLimits();
        return new ListenerSettings
        {
            Dns = DnsEndpoints.Read(listen.Dns, engine.Views, "dns", report),
            Dot = DnsEndpoints.Read(listen.Dot, engine.Views, "tls", report),
            Tls = certificates is null ? null : () => certificates.ForConnection(Dot),
            Networks = [.. listen.DnsNetworks.Select(network => network.ToIPNetwork())],
            RepliesPerSecond = listen.DnsRate,
            Limits = limits with { Connections = Math.Min(limits.Connections, 1 + (ConnectionRoom.Capacity() / Share)) },
        };
    }
}
