namespace KubeDoH.Engine.Forward.Upstreams;

/// <summary>Servers in the order in which they are to be asked, taken off one by one.</summary>
/// <param name="servers">Not changed, so that many questions may share it.</param>
internal struct UpstreamOrder(Upstream[] servers)
{
    private int _taken;

    /// <summary>How many are left.</summary>
    public readonly int Count => servers.Length - _taken;

    /// <summary>The next one; null when none is left.</summary>
    public Upstream? Take() => _taken < servers.Length ? servers[_taken++] : null;
}
