using KubeDoH.Tests.Fakes;

namespace KubeDoH.Tests.Clients;

/// <summary>The sample cluster being served, with an upstream of the tests behind it: one for all tests of a class.</summary>
public class Playground : IAsyncLifetime
{
    internal FakeUpstream Upstream { get; } = FakeUpstream.Start();

    internal ServerProcess Server { get; private set; } = null!;

    /// <summary>More settings than those of the launch profile.</summary>
    private protected virtual IEnumerable<string> Settings => [];

    public virtual async ValueTask InitializeAsync()
    {
        Server = ServerProcess.Start([$"Forward:Servers={Upstream.Address}", .. Settings]);
        await Server.ListeningAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Server.DisposeAsync();
        await Upstream.DisposeAsync();
    }
}
