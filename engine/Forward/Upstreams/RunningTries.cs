namespace KubeDoH.Engine.Forward.Upstreams;

/// <summary>The tries of a question whose reply is awaited: two at most, since one server at most is asked beside another.</summary>
internal struct RunningTries
{
    private UpstreamTry? _first, _second;

    public readonly int Count => _second is not null ? 2 : _first is not null ? 1 : 0;

    /// <summary>The one that began first.</summary>
    public readonly UpstreamTry? First => _first;

    /// <summary>A timestamp: when the next one has timed out.</summary>
    public readonly long LimitAt => Math.Min(_first?.LimitAt ?? long.MaxValue, _second?.LimitAt ?? long.MaxValue);

    public void Add(UpstreamTry @try)
    {
        if (_second is not null) throw new InvalidOperationException("A question has two tries at most.");
        if (_first is null) _first = @try;
        else _second = @try;
    }

    /// <summary>False where it is none of them.</summary>
    public bool Remove(UpstreamTry @try)
    {
        if (_first == @try) (_first, _second) = (_second, null);
        else if (_second == @try) _second = null;
        else return false;
        return true;
    }

    /// <summary>Takes one off whose time is over; null where there is none.</summary>
    public UpstreamTry? TakeExpired(long now)
    {
        UpstreamTry? expired = now >= _first?.LimitAt ? _first : now >= _second?.LimitAt ? _second : null;
        if (expired is not null) Remove(expired);
        return expired;
    }

    /// <summary>Takes one off; null where there is none.</summary>
    public UpstreamTry? Take() => TakeExpired(long.MaxValue);
}
