using System.Diagnostics.CodeAnalysis;
using KubeDoH.Api.Doh;
using KubeDoH.Api.Hosting.Configuration;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace KubeDoH.Api.Hosting;

/// <summary>
/// Registers under its closed type what the container would make from an open one. A native build puts such a type together while it
/// runs, from what is known of its kind: with all that the host asks for, that was a quarter of the start.
/// </summary>
internal static class ClosedServices
{
    private const DynamicallyAccessedMemberTypes Constructor = DynamicallyAccessedMemberTypes.PublicParameterlessConstructor;

    /// <summary>
    /// What the host, the server, the routing and our own services ask for while they start; behind all other registrations.
    /// </summary>
    public static IServiceCollection CloseHostServices(this IServiceCollection services)
    {
        // It would check the options of a listener to the host's own meters, which nothing here listens to.
        services.RemoveAll<IStartupValidator>();
        return services
            .CloseOptions<HostOptions>().CloseOptions<ConsoleLifetimeOptions>()
            .CloseOptions<KestrelServerOptions>().CloseOptions<SocketTransportOptions>()
            .CloseOptions<RouteOptions>().CloseOptions<RouteHandlerOptions>().CloseOptions<FormOptions>()
            .CloseLogger<ApiErrors>().CloseLogger<ApiSecurity>().CloseLogger<DohHandler>()
            .CloseLogger<EngineHost>().CloseLogger<Lameduck>().CloseLogger<ConfigurationReload>();
    }

    private static IServiceCollection CloseLogger<T>(this IServiceCollection services) =>
        services.AddSingleton<ILogger<T>>(provider => new Logger<T>(provider.GetRequiredService<ILoggerFactory>()));

    /// <summary>Options as they are made of all that configures them, without a name.</summary>
    private static IServiceCollection CloseOptions<[DynamicallyAccessedMembers(Constructor)] T>(this IServiceCollection services)
        where T : class => services.AddSingleton<IOptions<T>>(provider => new OptionsWrapper<T>(
            new OptionsFactory<T>(
                provider.GetServices<IConfigureOptions<T>>(),
                provider.GetServices<IPostConfigureOptions<T>>(),
                provider.GetServices<IValidateOptions<T>>()).Create(Options.DefaultName)));
}
