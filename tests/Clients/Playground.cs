using KubeDoH.Tests.Fakes;

namespace KubeDoH.Tests.Clients;

/// <summary>The sample cluster being served, with an upstream of the tests behind it: one for all tests of a class.</summary>
public sealed class Playground : IAsyncLifetime
{
    internal FakeUpstream Upstream { get; } = FakeUpstream.Start();

    internal ServerProcess Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = ServerProcess.Start($"Forward:Servers={Upstream.Address}");
        await Server.ListeningAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Upstream.DisposeAsync();
    }
}
