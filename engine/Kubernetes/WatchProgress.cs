namespace KubeDoH.Engine.Kubernetes;

/// <summary>How one resource is followed, at one moment.</summary>
/// <param name="Ready">True once it was listed whole.</param>
/// <param name="Skipped">Objects that made no sense, since the last list began.</param>
/// <param name="UpdatedAt">When an object last changed, or was listed.</param>
/// <param name="HeardAt">When the server last sent anything.</param>
/// <param name="Error">
/// What went wrong last, and when; null once all is well again. With the verb and resource that RBAC would have to allow, where that
/// is what is missing.
/// </param>
internal sealed record WatchProgress(
    bool Ready = false, long Skipped = 0, DateTimeOffset? UpdatedAt = null, DateTimeOffset? HeardAt = null,
    (DateTimeOffset At, string Text, string? Permission)? Error = null)
{
    /// <summary>The first of what was skipped and why.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}
