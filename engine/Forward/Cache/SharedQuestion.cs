using System.Threading.Tasks.Sources;
using KubeDoH.Engine.Resolution;

namespace KubeDoH.Engine.Forward.Cache;

/// <summary>A question on its way to the upstreams, and everybody who waits for its answer.</summary>
/// <param name="startedAt">A timestamp.</param>
#pragma warning disable CA1001 // It may be given up while its answer comes in, and a source without a timer holds nothing.
internal sealed class SharedQuestion(string key, RuleOrigin origin, long startedAt) : IValueTaskSource<Answer?>
#pragma warning restore CA1001
{
    private ManualResetValueTaskSourceCore<Answer?> _first;
    private CancellationTokenRegistration _firstLeaves;
    private int _firstOver;
    private readonly TaskCompletionSource<Answer> _others = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ends = new();
    private int _settled;

    public string Key { get; } = key;

    public RuleOrigin Origin { get; } = origin;

    public long StartedAt { get; } = startedAt;

    /// <summary>
    /// For the one who asked first, awaited once: it goes on at once on the thread that brings the answer, and leaves alone when it is
    /// cancelled.
    /// </summary>
    public ValueTask<Answer?> FirstAsync(CancellationToken cancellationToken)
    {
        _firstLeaves = cancellationToken.UnsafeRegister(static (question, token) => ((SharedQuestion)question!).LeaveFirst(token), this);
        if (Volatile.Read(ref _firstOver) != 0) _firstLeaves.Unregister();
        return new ValueTask<Answer?>(this, _first.Version);
    }

    /// <summary>For all others: they may be a crowd, which must not hold up the replies behind this one.</summary>
    public Task<Answer> Answer => _others.Task;

    /// <summary>Cancelled when it is given up.</summary>
    public CancellationToken Token => _ends.Token;

    /// <summary>Its place among those whose time runs; whose lock guards it.</summary>
    public LinkedListNode<SharedQuestion>? Place { get; set; }

    /// <summary>Its name was flushed since: the answer is for those who wait and is not kept. The cache's lock guards it.</summary>
    public bool Revoked { get; set; }

    /// <summary>True for the first who has something to complete it with.</summary>
    public bool TrySettle() => Interlocked.Exchange(ref _settled, 1) == 0;

    public void Complete(Answer answer)
    {
        _others.SetResult(answer);
        if (TryEndFirst()) _first.SetResult(answer);
    }

    /// <summary>Hands a bug to those who wait; without them it is not lost on the finalizer's thread.</summary>
    public void Fail(Exception bug)
    {
        _others.SetException(bug);
        _ = _others.Task.Exception;
        if (TryEndFirst()) _first.SetException(bug);
    }

    public void Cancel() => _ends.Cancel();

    Answer? IValueTaskSource<Answer?>.GetResult(short token) => _first.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<Answer?>.GetStatus(short token) => _first.GetStatus(token);

    void IValueTaskSource<Answer?>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _first.OnCompleted(continuation, state, token, flags);

    private void LeaveFirst(CancellationToken cancelled)
    {
        if (TryEndFirst()) _first.SetException(new OperationCanceledException(cancelled));
    }

    private bool TryEndFirst()
    {
        if (Interlocked.Exchange(ref _firstOver, 1) != 0) return false;
        _firstLeaves.Unregister();
        return true;
    }
}
