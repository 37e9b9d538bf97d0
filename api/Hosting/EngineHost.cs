using KubeDoH.Engine;
using KubeDoH.Engine.Resolution;

namespace KubeDoH.Api.Hosting;

/// <summary>
/// Runs the engine's feeds: loads each before the server listens, then follows changes until the server stops. Where other options come
/// into force, their feeds run beside those before them until they know as much.
/// </summary>
internal sealed partial class EngineHost(EngineServices engine, TimeProvider time, ILogger<EngineHost> logger) : IHostedService, IDisposable
{
    /// <summary>For so long a feed under other options may take to read what the one before it had read.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5), Look = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<IFeed, RunningFeed> _running = [];
    private readonly List<Task> _closing = [];
    private bool _disposed;

    public Task StartAsync(CancellationToken cancellationToken) => BeginAsync(engine.Feeds);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll([.. _running.Values.Select(running => running.Task), .. _closing]).WaitAsync(cancellationToken);
    }

    /// <summary>
    /// A host that goes without having been stopped ends what it runs, too. The container knows this by two names, and lets go of it twice.
    /// </summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _stopping.Cancel();
        _stopping.Dispose();
    }

    /// <summary>
    /// Brings other options into force without a question left unanswered: null, or why that could not be, and nothing has changed.
    /// </summary>
    /// <param name="changed">The sections that differ.</param>
    public async Task<string?> ChangeAsync(EngineOptions options, IReadOnlySet<string> changed, CancellationToken cancellationToken)
    {
        if (!engine.TryPrepare(options, changed, out EngineChange? change, out string? error)) return error;
        await BeginAsync(change.Added);
        HashSet<string> ready = [.. change.Removed.Where(feed => feed.Status().Ready).Select(feed => feed.Name)];
        IFeed[] awaited = [.. change.Added.Where(feed => ready.Contains(feed.Name))];
        if (await UnreadyAsync(awaited, cancellationToken) is { } unready)
        {
            await EndAsync(change.Added);
            change.Close();
            return $"{unready} was not read within {Patience.TotalSeconds:0} s under the new options";
        }

        change.Commit();
        await EndAsync(change.Removed);
        _closing.RemoveAll(task => task.IsCompleted);
        _closing.Add(CloseAsync(change));
        return null;
    }

    /// <summary>The name of a feed that has not read everything when the time is over; null where all have.</summary>
    private async Task<string?> UnreadyAsync(IFeed[] feeds, CancellationToken cancellationToken)
    {
        long since = time.GetTimestamp();
        while (Array.Find(feeds, feed => !feed.Status().Ready) is { } unready)
        {
            if (time.GetElapsedTime(since) >= Patience) return unready.Name;
            await Task.Delay(Look, time, cancellationToken);
        }

        return null;
    }

    private async Task BeginAsync(IEnumerable<IFeed> feeds)
    {
        List<RunningFeed> begun = [];
        foreach (IFeed feed in feeds)
        {
            var running = new RunningFeed(feed, CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token));
            await feed.LoadAsync(running.Token);
            _running[feed] = running;
            begun.Add(running);
        }

        foreach (RunningFeed running in begun) running.Task = RunAsync(running);
    }

    private async Task EndAsync(IEnumerable<IFeed> feeds)
    {
        foreach (IFeed feed in feeds)
        {
            if (!_running.Remove(feed, out RunningFeed? running)) continue;
            await running.EndAsync();
        }
    }

    /// <summary>When the last question that began before is over, what only it needed may go.</summary>
    private async Task CloseAsync(EngineChange change)
    {
        await Task.Delay(change.Patience, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        change.Close();
    }

    /// <summary>A feed that fails is started again: the names that it gave stay as they were.</summary>
    private async Task RunAsync(RunningFeed running)
    {
        while (!running.Token.IsCancellationRequested)
        {
            try
            {
                await running.Feed.RunAsync(running.Token);
            }
            catch (OperationCanceledException) when (running.Token.IsCancellationRequested)
            {
            }
#pragma warning disable CA1031 // Whatever the outside world does to a feed, the others and the server go on.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Log.FeedFailed(logger, running.Feed.Name, e);
                await Task.Delay(Pause, time, running.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>A feed and what ends it.</summary>
    private sealed class RunningFeed(IFeed feed, CancellationTokenSource ends)
    {
        public IFeed Feed { get; } = feed;

        public CancellationToken Token { get; } = ends.Token;

        public Task Task { get; set; } = Task.CompletedTask;

        public async Task EndAsync()
        {
            await ends.CancelAsync();
            await Task;
            ends.Dispose();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The feed of {Feed} failed; it is started again")]
        public static partial void FeedFailed(ILogger logger, string feed, Exception exception);
    }
}
