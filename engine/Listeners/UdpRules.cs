namespace KubeDoH.Engine.Listeners;

/// <summary>
/// What holds for every datagram of a listener, whichever loop takes it: who is answered, how often, and for how many there is room.
/// </summary>
/// <param name="rates">Null where replies are not limited.</param>
internal sealed class UdpRules(Responder responder, AllowedNetworks networks, ResponseRates? rates, int room)
{
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Questions that wait for an answer, and one for as long as loops run.</summary>
    private int _open = 1;

    public Responder Responder { get; } = responder;

    public AllowedNetworks Networks { get; } = networks;

    public ResponseRates? Rates { get; } = rates;

    /// <summary>True where one more may wait for its answer.</summary>
    public bool HasRoom => Volatile.Read(ref _open) <= room;

    public void Enter() => Interlocked.Increment(ref _open);

    public void Leave()
    {
        if (Interlocked.Decrement(ref _open) == 0) _drained.SetResult();
    }

    /// <summary>Completed when no question waits any more; once, when no loop runs any more.</summary>
    public Task DrainAsync()
    {
        Leave();
        return _drained.Task;
    }
}
