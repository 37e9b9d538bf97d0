namespace KubeDoH.Engine.Kubernetes;

/// <summary>How one resource is followed, at one moment.</summary>
/// <param name="Ready">True once it was listed whole.</param>
/// <param name="Skipped">Objects that made no sense, since the last list began.</param>
/// <param name="UpdatedAt">When an object last changed, or was listed.</param>
/// <param name="HeardAt">When the server last sent anything.</param>
/// <param name="Error">What went wrong last, and when; null once all is well again.</param>
/// <param name="Missing">The permission that is missing, where that is what went wrong: verb and resource.</param>
internal sealed record WatchProgress(
    bool Ready = false, long Skipped = 0, DateTimeOffset? UpdatedAt = null, DateTimeOffset? HeardAt = null,
    (DateTimeOffset At, string Text)? Error = null, string? Missing = null);
