namespace KubeDoH.Api.Entries;

/// <summary>Room for those who follow the events: so many at once, and until the server stops, which does not wait for them.</summary>
internal sealed class EventRoom(IHostApplicationLifetime lifetime)
{
    public const int Places = 256;

    private int _taken;

    /// <summary>Tells that the server stops.</summary>
    public CancellationToken Closing => lifetime.ApplicationStopping;

    /// <summary>A place, to be left by disposal; null when all are taken.</summary>
    public IDisposable? TryEnter()
    {
        if (Interlocked.Increment(ref _taken) <= Places) return new Place(this);
        Interlocked.Decrement(ref _taken);
        return null;
    }

    private sealed class Place(EventRoom room) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref room._taken);
    }
}
