namespace KubeDoH.Engine.Forward.Upstreams;

/// <summary>
/// How many questions may be on their way at once. Those beyond wait a moment in a short queue, first come first served, and are then
/// sent away: a long queue would only make every answer late.
/// </summary>
internal sealed class QuestionRoom(int places, TimeProvider time)
{
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>The queue is as long as a quarter of the places, and one at least where there are any.</summary>
    private const int QueuePart = 4;

    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _queue = [];
    private readonly int _longest = (places + QueuePart - 1) / QueuePart;
    private int _taken;

    /// <summary>Takes a place at once if there is one; who gets true gives it back with <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_taken >= places) return false;
            _taken++;
            return true;
        }
    }

    /// <summary>Waits for a place; false when there was none in time.</summary>
    public async ValueTask<bool> EnterAsync(CancellationToken cancellationToken)
    {
        var waiter = new Waiter();
        lock (_lock)
        {
            if (_taken < places)
            {
                _taken++;
                return true;
            }

            if (_queue.Count >= _longest) return false;
            waiter.Node = _queue.AddLast(waiter);
        }

        using ITimer timer = time.CreateTimer(_ => Settle(waiter), null, Patience, Timeout.InfiniteTimeSpan);
        using (cancellationToken.UnsafeRegister(_ => Settle(waiter), null))
        {
            bool entered = await waiter.Entered.Task.ConfigureAwait(false);
            if (entered && cancellationToken.IsCancellationRequested) Leave();
            cancellationToken.ThrowIfCancellationRequested();
            return entered;
        }
    }

    /// <summary>Gives a place back, to the one who waits longest.</summary>
    public void Leave()
    {
        Waiter? next = null;
        lock (_lock)
        {
            if (_queue.First is { } first)
            {
                _queue.RemoveFirst();
                next = first.Value;
                next.Node = null;
            }
            else
            {
                _taken--;
            }
        }

        next?.Entered.TrySetResult(true);
    }

    /// <summary>Ends the waiting in vain, unless a place was just given.</summary>
    private void Settle(Waiter waiter)
    {
        lock (_lock)
        {
            if (waiter.Node is null) return;
            _queue.Remove(waiter.Node);
            waiter.Node = null;
        }

        waiter.Entered.TrySetResult(false);
    }

    private sealed class Waiter
    {
        public TaskCompletionSource<bool> Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public LinkedListNode<Waiter>? Node { get; set; }
    }
}
