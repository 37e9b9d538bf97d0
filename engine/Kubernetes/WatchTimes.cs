namespace KubeDoH.Engine.Kubernetes;

/// <summary>How long things take while the API server is followed.</summary>
internal sealed record WatchTimes
{
    /// <summary>What the server is asked to keep a watch open for; half as much again is added by chance.</summary>
    public TimeSpan Watch { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A watch without a byte for so long is taken for dead: a server sends a bookmark every minute.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(130);

    /// <summary>A reply that does not begin, or a list that does not go on, for so long is given up.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause after a first failure; it doubles with each further one.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(500);

    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>More than that a server's Retry-After is not believed.</summary>
    public TimeSpan LongestRetryAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Objects of a page of a list.</summary>
    public int PageSize { get; init; } = 500;
}
