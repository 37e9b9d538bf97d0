namespace KubeDoH.Engine.Forward.Cache;

/// <summary>
/// Ends what is not over in time. All questions have the same time, so that the first in is the first due: a single timer serves
/// them all, and a question that is over in time costs two links of a list.
/// </summary>
/// <param name="end">Called once for each question whose time is over.</param>
internal sealed class SharedDeadlines(TimeSpan limit, TimeProvider time, Action<SharedQuestion> end)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<SharedQuestion> _running = [];
    private readonly CancellationSources _sources = new();
    private ITimer? _timer;
    private bool _isSet;

    /// <summary>Lets its time run.</summary>
    /// <returns>Cancelled when it is given up.</returns>
    public CancellationToken Add(SharedQuestion question)
    {
        CancellationTokenSource ends = question.Ends = _sources.Rent();
        lock (_lock)
        {
            question.Place = _running.AddLast(question);
            if (!_isSet) Set(limit);
        }

        return ends.Token;
    }

    /// <summary>It is over. One whose time is over as well is no longer here, and is being cancelled.</summary>
    public void Remove(SharedQuestion question)
    {
        lock (_lock)
        {
            if (question.Place is not { } place) return;
            _running.Remove(place);
            question.Place = null;
        }

        _sources.Return(question.Ends!);
    }

    /// <summary>The timer stays set when its question is over before: the next look finds the one that is due then.</summary>
    private void Look()
    {
        List<SharedQuestion> due = [];
        lock (_lock)
        {
            _isSet = false;
            while (_running.First is { Value: var question })
            {
                TimeSpan left = limit - time.GetElapsedTime(question.StartedAt);
                if (left > TimeSpan.Zero)
                {
                    Set(left);
                    break;
                }

                _running.RemoveFirst();
                question.Place = null;
                due.Add(question);
            }
        }

        foreach (SharedQuestion question in due) end(question);
    }

    private void Set(TimeSpan left)
    {
        _isSet = true;
        _timer ??= time.CreateTimer(
            static deadlines => ((SharedDeadlines)deadlines!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(left, Timeout.InfiniteTimeSpan);
    }
}
