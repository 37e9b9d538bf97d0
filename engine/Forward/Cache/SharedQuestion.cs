using KubeDoH.Engine.Resolution;

namespace KubeDoH.Engine.Forward.Cache;

/// <summary>A question on its way to the upstreams, and everybody who waits for its answer.</summary>
/// <param name="startedAt">A timestamp.</param>
#pragma warning disable CA1001 // It may be given up while its answer comes in, and a source without a timer holds nothing.
internal sealed class SharedQuestion(string key, RuleOrigin origin, long startedAt)
#pragma warning restore CA1001
{
    private readonly TaskCompletionSource<Answer> _first = new();
    private readonly TaskCompletionSource<Answer> _others = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ends = new();
    private int _settled;

    public string Key { get; } = key;

    public RuleOrigin Origin { get; } = origin;

    public long StartedAt { get; } = startedAt;

    /// <summary>For the one who asked first: it goes on at once on the thread that brings the answer.</summary>
    public Task<Answer> First => _first.Task;

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
        _first.SetResult(answer);
    }

    /// <summary>Hands a bug to those who wait; without them it is not lost on the finalizer's thread.</summary>
    public void Fail(Exception bug)
    {
        _others.SetException(bug);
        _first.SetException(bug);
        _ = (_others.Task.Exception, _first.Task.Exception);
    }

    public void Cancel() => _ends.Cancel();
}
