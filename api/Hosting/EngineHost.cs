using KubeDoH.Engine.Resolution;

namespace KubeDoH.Api.Hosting;

/// <summary>Runs the engine's feeds: loads each before the server listens, then follows changes until the server stops.</summary>
internal sealed partial class EngineHost(IReadOnlyList<IFeed> feeds, TimeProvider time, ILogger<EngineHost> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (IFeed feed in feeds) await feed.LoadAsync(_stopping.Token);
        _running = Task.WhenAll(feeds.Select(RunAsync));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _running.WaitAsync(cancellationToken);
    }

    public void Dispose() => _stopping.Dispose();

    /// <summary>A feed that fails is started again: the names that it gave stay as they were.</summary>
    private async Task RunAsync(IFeed feed)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await feed.RunAsync(_stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
            }
#pragma warning disable CA1031 // Whatever the outside world does to a feed, the others and the server go on.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Log.FeedFailed(logger, feed.Name, e);
                await Task.Delay(Pause, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The feed of {Feed} failed; it is started again")]
        public static partial void FeedFailed(ILogger logger, string feed, Exception exception);
    }
}
