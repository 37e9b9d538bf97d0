namespace KubeDoH.Engine.Forward.Upstreams;

/// <summary>One question sent to one server.</summary>
/// <param name="startedAt">A timestamp.</param>
/// <param name="limitAt">A timestamp: when it has timed out.</param>
/// <param name="isResent">The same server was asked the same already and is silent.</param>
#pragma warning disable CA1001 // Whoever gives a try up may do so while its reply comes in, and a source without a timer holds nothing.
internal sealed class UpstreamTry(Upstream upstream, long startedAt, long limitAt, bool isResent)
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _ends = new();

    public Upstream Upstream { get; } = upstream;

    public long StartedAt { get; } = startedAt;

    public long LimitAt { get; } = limitAt;

    public bool IsResent { get; } = isResent;

    public CancellationToken Token => _ends.Token;

    public void Cancel() => _ends.Cancel();
}
