using System.Collections.Concurrent;

namespace KubeDoH.Engine.Forward.Upstreams;

/// <summary>Timers for runs, used again and again: making one and disposing of it costs more than setting it.</summary>
internal sealed class RunClocks(TimeProvider time)
{
    private readonly ConcurrentQueue<RunClock> _idle = new();

    /// <summary>A timer for a run to <see cref="Return"/>.</summary>
    public RunClock Rent() => _idle.TryDequeue(out RunClock? clock) ? clock : new RunClock(time);

    public void Return(RunClock clock)
    {
        clock.Run = null;
        _idle.Enqueue(clock);
    }
}

/// <summary>
/// A timer that has its run look what is due. It stays set behind a run that is over, and is not set anew where it goes off soon enough:
/// to set it costs more than that a run looks once too often, finds nothing, and sets it for what is due next.
/// </summary>
internal sealed class RunClock
{
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private QuestionRun? _run;
    private long _setFor = long.MaxValue;

    public RunClock(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(
            static clock => ((RunClock)clock!).GoOff(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Who looks when it goes off.</summary>
    public QuestionRun? Run
    {
        get => Volatile.Read(ref _run);
        set => Interlocked.Exchange(ref _run, value);
    }

    /// <summary>Has the run look at <paramref name="due"/>, or before. Both are timestamps.</summary>
    public void Set(long due, long now)
    {
        if (Volatile.Read(ref _setFor) <= due) return;
        Volatile.Write(ref _setFor, due);
        _timer.Change(TimeSpan.FromSeconds((double)Math.Max(due - now, 1) / _time.TimestampFrequency), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Who sets it behind the first line sets it anew, and who found it set before that is looked for behind it.</summary>
    private void GoOff()
    {
        Interlocked.Exchange(ref _setFor, long.MaxValue);
        Run?.Look();
    }
}
