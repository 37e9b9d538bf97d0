namespace KubeDoH.Engine.Listeners;

/// <summary>When a connection must have done what. It only remembers; <see cref="ConnectionTable"/> looks now and then.</summary>
internal sealed class StreamClock(ListenerLimits limits, TimeProvider time)
{
    private readonly long _born = time.GetTimestamp();

    /// <summary>Timestamps; 0 for the last two while there is nothing to wait for. A handshake is waited for as a question is.</summary>
    private long _lastHeard = time.GetTimestamp(), _partSince = time.GetTimestamp(), _sendingSince;

    public ListenerLimits Limits => limits;

    /// <summary>When the last question came, or the last answer to one.</summary>
    public long LastHeard => Volatile.Read(ref _lastHeard);

    /// <summary>It has ever asked.</summary>
    public bool HasAsked { get; private set; }

    /// <summary>A question has come whole, or its answer.</summary>
    public void Hear()
    {
        HasAsked = true;
        Begin();
    }

    /// <summary>Nothing has come of the next question; it is waited for from now on.</summary>
    public void Begin()
    {
        Volatile.Write(ref _lastHeard, time.GetTimestamp());
        Volatile.Write(ref _partSince, 0);
    }

    /// <summary>The next octets are waited for.</summary>
    /// <param name="hasPart">They belong to a question of which some are there.</param>
    public void WaitForMore(bool hasPart)
    {
        if (!hasPart) Volatile.Write(ref _partSince, 0);
        else if (Volatile.Read(ref _partSince) == 0) Volatile.Write(ref _partSince, time.GetTimestamp());
    }

    /// <summary>The client has to take a reply before anything else is sent.</summary>
    public void WaitForReader(bool waits) => Volatile.Write(ref _sendingSince, waits ? time.GetTimestamp() : 0);

    /// <summary>Holds on to something for too long: half a question, a reply that it does not read, the connection itself.</summary>
    public bool IsOverdue =>
        IsPast(_born, limits.Lifetime) || IsPast(Volatile.Read(ref _partSince), limits.Question)
            || IsPast(Volatile.Read(ref _sendingSince), limits.Reply);

    /// <summary>Is quiet for too long.</summary>
    public bool IsIdle => IsPast(LastHeard, limits.Idle);

    private bool IsPast(long since, TimeSpan span) => since != 0 && time.GetElapsedTime(since) > span;
}
