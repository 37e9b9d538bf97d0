using System.Diagnostics.CodeAnalysis;
using KubeDoH.Api.Doh;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Api.Hosting.Dns;
using KubeDoH.Api.Hosting.Logging;
using KubeDoH.Api.Metrics;
using KubeDoH.Api.Queries;
using KubeDoH.Engine;

namespace KubeDoH.Api.Hosting;

/// <summary>What has to be there before there is a server: files that cannot be opened end the start with a sentence each.</summary>
/// <param name="Certificates">Null where nothing speaks TLS.</param>
internal sealed record ServerParts(EngineServices Engine, CertificateSource? Certificates)
{
    /// <param name="folder">Where a made certificate is kept.</param>
    public static bool TryOpen(AppOptions options, string folder, Logs logs, TextWriter errors, [NotNullWhen(true)] out ServerParts? parts)
    {
        parts = null;
        CertificateSource? certificates = null;
        string? error = null;
        if (options.Listen.HasTls)
            certificates = CertificateSource.TryOpen(
                options.Listen, folder, TimeProvider.System, logs.Factory.CreateLogger<CertificateSource>(), out error);
        EngineServices? engine = null;
        if (error is null && EngineServices.TryCreate(
            options.Engine, DnsEndpoints.Own(options.Listen), TimeProvider.System, logs.Factory, out engine, out error))
            parts = new ServerParts(engine, certificates);
        if (error is not null) errors.WriteLine($"kubedoh: {error}");
        return parts is not null;
    }
}

/// <summary>Makes known what an operator runs the server by.</summary>
internal static class OperationRegistration
{
    public static IServiceCollection AddOperation(
        this IServiceCollection services, Settings settings, LiveConfiguration live, Logs logs, CertificateSource? certificates)
    {
        services.AddSingleton(logs.Factory);
        services.AddSingleton(settings).AddSingleton(live).AddSingleton<Lameduck>();
        services.AddSingleton(live.Derive(options => new QueryLog(options.QueryLog, logs.Factory.CreateLogger<QueryLog>())));
        services.AddSingleton(_ => QueryWatch.Follow(live, TimeProvider.System)).AddSingleton<QueryReport>();
        services.AddSingleton(provider => new ProcessMetrics(
            provider.GetRequiredService<EngineServices>(), provider.GetRequiredService<IReadOnlyList<ServedListener>>(), live, certificates,
            provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<ConfigurationReload>();
        return certificates is null ? services : services.AddSingleton(certificates).AddHostedService(_ => certificates);
    }
}
