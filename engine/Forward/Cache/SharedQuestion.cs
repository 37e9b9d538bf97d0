using KubeDoH.Engine.Resolution;

namespace KubeDoH.Engine.Forward.Cache;

/// <summary>A question on its way to the upstreams, and everybody who waits for its answer.</summary>
/// <param name="StartedAt">A timestamp.</param>
internal sealed class SharedQuestion(string key, RuleOrigin origin, long startedAt)
{
    private readonly TaskCompletionSource<Answer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Key { get; } = key;

    public RuleOrigin Origin { get; } = origin;

    public long StartedAt { get; } = startedAt;

    public Task<Answer> Answer => _answer.Task;

    /// <summary>Its name was flushed since: the answer is for those who wait and is not kept. The cache's lock guards it.</summary>
    public bool Revoked { get; set; }

    public void Complete(Answer answer) => _answer.SetResult(answer);

    /// <summary>Hands a bug to those who wait; without them it is not lost on the finalizer's thread.</summary>
    public void Fail(Exception bug)
    {
        _answer.SetException(bug);
        _ = _answer.Task.Exception;
    }
}
