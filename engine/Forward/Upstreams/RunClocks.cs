using System.Collections.Concurrent;

namespace KubeDoH.Engine.Forward.Upstreams;

/// <summary>Timers for runs, used again and again: making one and disposing of it costs more than setting it.</summary>
internal sealed class RunClocks(TimeProvider time)
{
    private readonly ConcurrentQueue<RunClock> _idle = new();

    /// <summary>A timer that is not set, for a run to <see cref="Return"/>.</summary>
    public RunClock Rent() => _idle.TryDequeue(out RunClock? clock) ? clock : new RunClock(time);

    public void Return(RunClock clock)
    {
        clock.Stop();
        clock.Run = null;
        _idle.Enqueue(clock);
    }
}

/// <summary>A timer that has its run look what is due. One that goes off late has another run look, which finds nothing.</summary>
internal sealed class RunClock
{
    private readonly ITimer _timer;

    public RunClock(TimeProvider time) =>
        _timer = time.CreateTimer(static clock => ((RunClock)clock!).Run?.Step(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Who looks when it goes off: a run that is whole, since the timer may still be going off for the one before.</summary>
    public QuestionRun? Run { get; set; }

    public void Set(TimeSpan due) => _timer.Change(due, Timeout.InfiniteTimeSpan);

    public void Stop() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
