using KubeDoH.Engine;

namespace KubeDoH.Api.Hosting;

/// <summary>Makes the parts of the engine known to the endpoints, and its feeds to the host.</summary>
internal static class EngineRegistration
{
    public static IServiceCollection AddEngine(this IServiceCollection services, EngineServices engine) => services
        .AddSingleton(TimeProvider.System)
        .AddSingleton(engine)
        .AddSingleton(engine.Resolver)
        .AddSingleton(engine.Views)
        .AddSingleton(engine.Meters)
        .AddScoped<RequestCaller>()
        .AddScoped(services => engine.Entries.Within(services.GetRequiredService<RequestCaller>().Bounds))
        .AddSingleton<EngineHost>()
        .AddHostedService(services => services.GetRequiredService<EngineHost>());
}
