namespace KubeDoH.Api.Hosting;

/// <summary>The section <c>Management</c>: who may use the paths under <c>/api</c>.</summary>
internal sealed class ManagementOptions
{
    /// <summary>Bearer tokens, each good for everything. With one or more of them every caller needs one.</summary>
    public IReadOnlyList<string> Tokens { get; set; } = [];

    /// <summary>A write of one entry must have a condition, so that nobody replaces what they have not seen.</summary>
    public bool RequirePreconditions { get; set; }

    /// <summary>Without tokens, callers on this machine that came through no proxy are trusted; never within a cluster.</summary>
    public bool TrustLoopback { get; set; } = true;
}
