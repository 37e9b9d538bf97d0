using KubeDoH.Engine.Resolution;
using Microsoft.Extensions.Logging;

namespace KubeDoH.Engine.Entries;

/// <summary>Brings the store's changes into the view, and tells a writer when its own has arrived.</summary>
internal sealed partial class EntryFeed(IEntryStore store, EntryView view, TimeProvider time, ILogger<EntryFeed> logger)
    : IFeed
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly EntryExpiry _expiry = new(store, time);
    private readonly Lock _lock = new();
    private readonly List<(long Revision, TaskCompletionSource Arrived)> _waiting = [];
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IAsyncEnumerator<EntryChanges>? _begun;
    private DateTimeOffset? _changedAt;
    private SourceError? _lastError;
    private bool _stopped;

    public string Name => EntrySource.SourceName;

    /// <summary>Completes when the view first holds everything that was stored; nothing should be answered before.</summary>
    public Task Synced => _synced.Task;

    /// <summary>The last revision that the view holds.</summary>
    public long Revision { get; private set; }

    /// <summary>Begins the watch and waits for everything that is stored.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        _begun = store.WatchAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        if (await _begun.MoveNextAsync().ConfigureAwait(false)) Apply(_begun.Current);
    }

    public SourceStatus Status()
    {
        int count = view.All.Count();
        lock (_lock)
        {
            return new SourceStatus(Name, $"{count} from {store.Describe()}",
                [new SourcePart("store", _synced.Task.IsCompletedSuccessfully, count, _changedAt) { LastError = _lastError }]);
        }
    }

    /// <summary>
    /// Runs until cancelled. A watch that breaks is taken up again: the store then sends everything anew. What has expired is taken
    /// out of the store meanwhile.
    /// </summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(FollowAsync(cancellationToken), _expiry.RunAsync(cancellationToken));

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                await WatchAsync(cancellationToken).ConfigureAwait(false);
                await Task.Delay(RetryDelay, time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        finally
        {
            Arrive(long.MaxValue, stopped: true);
        }
    }

    /// <summary>Waits until the view holds <paramref name="revision"/>; at once when the feed has stopped.</summary>
    public Task ReachAsync(long revision, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_stopped || (Synced.IsCompleted && Revision >= revision)) return Task.CompletedTask;
            var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((revision, arrived));
            return arrived.Task.WaitAsync(cancellationToken);
        }
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using IAsyncEnumerator<EntryChanges> watch =
                Interlocked.Exchange(ref _begun, null) ?? store.WatchAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await watch.MoveNextAsync().ConfigureAwait(false)) await ApplyAsync(watch.Current).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever the outside world does to a watch, the feed goes on.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            lock (_lock) _lastError = new SourceError(time.GetUtcNow(), "the watch of the entry store broke; it is taken up again");
            Log.WatchFailed(logger, e);
        }
    }

    private ValueTask ApplyAsync(EntryChanges changes)
    {
        if (changes.Items.Count >= LongWork.ManyEntries) return new ValueTask(LongWork.RunAsync(() => Apply(changes)));
        Apply(changes);
        return ValueTask.CompletedTask;
    }

    private void Apply(EntryChanges changes)
    {
        view.Apply(changes);
        Arrive(changes.Revision, stopped: false);
    }

    private void Arrive(long revision, bool stopped)
    {
        lock (_lock)
        {
            _stopped = stopped;
            if (!stopped)
            {
                Revision = revision;
                _changedAt = time.GetUtcNow();
                _lastError = null;
            }

            foreach ((_, TaskCompletionSource arrived) in _waiting.Where(w => w.Revision <= revision)) arrived.TrySetResult();
            _waiting.RemoveAll(w => w.Revision <= revision);
        }

        if (!stopped) _synced.TrySetResult();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The watch of the entry store broke; it is taken up again")]
        public static partial void WatchFailed(ILogger logger, Exception exception);
    }
}
