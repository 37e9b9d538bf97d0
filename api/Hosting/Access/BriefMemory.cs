namespace KubeDoH.Api.Hosting.Access;

/// <summary>
/// Remembers for a moment what was found out, and finds the same out once where many ask together. What could not be found out is
/// not remembered. There is room for so many answers; where it is full, the old ones go, and if none is old, all.
/// </summary>
/// <param name="lifetime">For how long an answer counts; zero for one that is not to be kept.</param>
internal sealed class BriefMemory<TKey, TAnswer>(int room, Func<TAnswer, TimeSpan> lifetime, TimeProvider time)
    where TKey : notnull
{
    private readonly Dictionary<TKey, Kept> _answers = [];
    private readonly Lock _lock = new();

    /// <summary>How many answers are kept or on their way.</summary>
    public int Count
    {
        get { lock (_lock) return _answers.Count; }
    }

    public Task<TAnswer> AskAsync(TKey key, Func<Task<TAnswer>> find)
    {
        lock (_lock)
        {
            if (_answers.TryGetValue(key, out Kept? kept) && !IsOver(kept)) return kept.Answer;
            if (_answers.Count >= room) MakeRoom();
            return (_answers[key] = new Kept(Task.Run(find), time)).Answer;
        }
    }

    private void MakeRoom()
    {
        foreach ((TKey key, Kept kept) in _answers)
            if (IsOver(kept)) _answers.Remove(key);
        if (_answers.Count >= room) _answers.Clear();
    }

    private bool IsOver(Kept kept) => kept.Answer.IsCompleted
        && (!kept.Answer.IsCompletedSuccessfully || time.GetElapsedTime(kept.From) >= lifetime(kept.Answer.Result));

    /// <summary>An answer counts from when it was asked for.</summary>
    private sealed class Kept(Task<TAnswer> answer, TimeProvider time)
    {
        public Task<TAnswer> Answer => answer;

        public long From { get; } = time.GetTimestamp();
    }
}
