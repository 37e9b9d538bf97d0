using System.Threading.Tasks.Sources;
using KubeDoH.Engine.Resolution;

namespace KubeDoH.Engine.Forward.Cache;

/// <summary>A question on its way to the upstreams, and everybody who waits for its answer.</summary>
/// <param name="startedAt">A timestamp.</param>
internal sealed class SharedQuestion(string key, RuleOrigin origin, long startedAt) : IValueTaskSource<Answer?>
{
    private ManualResetValueTaskSourceCore<Answer?> _first;
    private CancellationTokenRegistration _firstLeaves;
    private int _firstOver;
    private TaskCompletionSource<Answer>? _others;
    private object? _outcome;
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
    public Task<Answer> Answer
    {
        get
        {
            TaskCompletionSource<Answer> others = Volatile.Read(ref _others) ?? MakeOthers();
            Tell(others);
            return others.Task;
        }
    }

    /// <summary>Cancelled when it is given up; <see cref="SharedDeadlines"/> sets and guards it.</summary>
    public CancellationTokenSource? Ends { get; set; }

    /// <summary>Its place among those whose time runs; whose lock guards it.</summary>
    public LinkedListNode<SharedQuestion>? Place { get; set; }

    /// <summary>Its name was flushed since: the answer is for those who wait and is not kept. The cache's lock guards it.</summary>
    public bool Revoked { get; set; }

    /// <summary>True for the first who has something to complete it with.</summary>
    public bool TrySettle() => Interlocked.Exchange(ref _settled, 1) == 0;

    public void Complete(Answer answer)
    {
        TellOthers(answer);
        if (TryEndFirst()) _first.SetResult(answer);
    }

    /// <summary>Hands a bug to those who wait; without them it is not lost on the finalizer's thread.</summary>
    public void Fail(Exception bug)
    {
        TellOthers(bug);
        if (TryEndFirst()) _first.SetException(bug);
    }

    Answer? IValueTaskSource<Answer?>.GetResult(short token) => _first.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<Answer?>.GetStatus(short token) => _first.GetStatus(token);

    void IValueTaskSource<Answer?>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _first.OnCompleted(continuation, state, token, flags);

    private TaskCompletionSource<Answer> MakeOthers()
    {
        var mine = new TaskCompletionSource<Answer>(TaskCreationOptions.RunContinuationsAsynchronously);
        return Interlocked.CompareExchange(ref _others, mine, null) ?? mine;
    }

    /// <summary>Whoever ends the question and whoever joins it see each other: each first says what he has and then looks.</summary>
    private void TellOthers(object outcome)
    {
        Interlocked.Exchange(ref _outcome, outcome);
        if (Volatile.Read(ref _others) is { } others) Tell(others);
    }

    private void Tell(TaskCompletionSource<Answer> others)
    {
        switch (Volatile.Read(ref _outcome))
        {
            case Answer answer:
                others.TrySetResult(answer);
                break;
            case Exception bug:
                others.TrySetException(bug);
                _ = others.Task.Exception;
                break;
        }
    }

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
