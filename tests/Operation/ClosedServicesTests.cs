using KubeDoH.Api.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KubeDoH.Tests.Operation;

public class ClosedServicesTests
{
    [Fact]
    public void Options_and_logs_are_of_closed_types_and_made_of_all_that_configures_them()
    {
        IServiceCollection services = new ServiceCollection().AddLogging();
        services.Configure<KestrelServerOptions>(kestrel => kestrel.AddServerHeader = false);
        services.PostConfigure<KestrelServerOptions>(kestrel => kestrel.AllowSynchronousIO = !kestrel.AddServerHeader);
        using ServiceProvider provider = services.CloseHostServices().BuildServiceProvider();

        IOptions<KestrelServerOptions> options = provider.GetRequiredService<IOptions<KestrelServerOptions>>();

        Assert.IsType<OptionsWrapper<KestrelServerOptions>>(options);
        Assert.False(options.Value.AddServerHeader);
        Assert.True(options.Value.AllowSynchronousIO);
        Assert.NotNull(services.Last(service => service.ServiceType == typeof(ILogger<ApiErrors>)).ImplementationFactory);
        Assert.NotNull(provider.GetRequiredService<ILogger<ApiErrors>>());
    }
}
