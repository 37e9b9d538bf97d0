namespace KubeDoH.Engine.Forward.Upstreams;

/// <summary>One question sent to one server.</summary>
/// <param name="startedAt">A timestamp.</param>
/// <param name="limitAt">A timestamp: when it has timed out.</param>
/// <param name="isResent">The same server was asked the same already and is silent.</param>
/// <param name="ends">Cancelled by whoever gives it up.</param>
internal sealed class UpstreamTry(Upstream upstream, long startedAt, long limitAt, bool isResent, CancellationTokenSource ends)
{
    public Upstream Upstream { get; } = upstream;

    public long StartedAt { get; } = startedAt;

    public long LimitAt { get; } = limitAt;

    public bool IsResent { get; } = isResent;

    public CancellationTokenSource Ends { get; } = ends;
}
