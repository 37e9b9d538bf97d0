namespace KubeDoH.Engine.Entries;

/// <summary>No more texts are in memory than there is room for, and one import at a time is planned and written.</summary>
#pragma warning disable CA1001 // A SemaphoreSlim whose wait handle nobody asks for holds nothing.
public sealed class ImportGate
#pragma warning restore CA1001
{
    /// <summary>Texts that may be in memory at once.</summary>
    public const int MaxTexts = 4;

    private readonly SemaphoreSlim _turns = new(1, 1);
    private readonly SemaphoreSlim _room = new(MaxTexts, MaxTexts);

    /// <summary>Room for one text; null when there is none now.</summary>
    internal IDisposable? TryBegin() => _room.Wait(0) ? new Held(_room) : null;

    internal async ValueTask<IDisposable> TakeTurnAsync(CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Held(_turns);
    }

    /// <summary>A place in one of the two, given back once.</summary>
    private sealed class Held(SemaphoreSlim places) : IDisposable
    {
        private SemaphoreSlim? _places = places;

        public void Dispose() => Interlocked.Exchange(ref _places, null)?.Release();
    }
}
