using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Engine.Cluster;

/// <summary>
/// Whether the pods are known, and what stands in the way. At an API server they are read from the first time that somebody looks for
/// one: nothing in a cluster is as many and changes as often, and most who ask for names never ask for a pod.
/// </summary>
internal sealed class PodReading
{
    /// <summary>How often it is looked whether the server has said no.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    private readonly TaskCompletionSource _wanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _known = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Func<WatchProgress>? _progress;

    /// <summary>True once every pod was read: from then on one that is not here does not exist.</summary>
    public bool Known => _known.Task.IsCompleted;

    /// <summary>Ends when somebody looks for a pod.</summary>
    public Task Wanted => _wanted.Task;

    /// <summary>The permission that is missing to know them, as RBAC has it (<c>list pods</c>); null where none is known to be.</summary>
    public string? MissingPermission => Known ? null : _progress?.Invoke().Error?.Permission;

    /// <summary>Somebody looks for a pod.</summary>
    public void Want() => _wanted.TrySetResult();

    /// <summary>For the ledger.</summary>
    public void SetKnown() => _known.TrySetResult();

    /// <summary>For the feed: how the watch does that brings them.</summary>
    public void Follow(Func<WatchProgress> progress) => _progress = progress;

    /// <summary>Waits until they are known, or the server has said no, and for so long at most.</summary>
    public async Task SettleAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        Want();
        long started = time.GetTimestamp();
        while (!Known && MissingPermission is null && time.GetElapsedTime(started) < patience && !cancellationToken.IsCancellationRequested)
            await Task.WhenAny(_known.Task, Task.Delay(Step, time, cancellationToken)).ConfigureAwait(false);
    }
}
