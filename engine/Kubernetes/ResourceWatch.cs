using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace KubeDoH.Engine.Kubernetes;

/// <summary>
/// Follows one kind of object: lists it page by page, then watches from there, for as long as it runs. Whatever goes wrong is
/// tried again, from where the watch was, or with a new list when the server no longer has that (Kubernetes: API concepts,
/// efficient detection of changes). What is known stays known meanwhile.
/// </summary>
/// <param name="apply">Gets each change, one at a time, in the server's order.</param>
internal sealed partial class ResourceWatch(
    WatchedResource resource, ApiServer server, WatchTimes times, TimeProvider time, Random random, Action<ObjectChange> apply,
    ILogger logger)
{
    private static readonly TimeSpan ShortWatch = TimeSpan.FromSeconds(1);

    private readonly ObjectPieces _objects = new(resource, logger);
    private volatile WatchProgress _progress = new();
    private string? _version;
    private int _generation, _expired, _failures;

    public WatchedResource Resource => resource;

    public WatchProgress Progress => _progress;

    /// <summary>Until cancelled; then it returns without an error.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            string verb = _version is null ? "list" : "watch";
            try
            {
                if (_version is null) await ListAsync(ct).ConfigureAwait(false);
                else if (!await WatchAsync(_version, ct).ConfigureAwait(false))
                    await Task.Delay(Pause(null), time, ct).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever the outside world does, the names that are known stay, and it is tried again.
            catch (Exception e)
            {
                // When it is over, reading is broken off in many ways.
                if (!ct.IsCancellationRequested) await RecoverAsync(verb, e, ct).ConfigureAwait(false);
            }
#pragma warning restore CA1031
        }
    }

    private async Task RecoverAsync(string verb, Exception e, CancellationToken ct)
    {
        ApiFailure failure = ApiFailure.Of(e);
        bool first = _failures == 0;
        TimeSpan pause = Pause(failure.RetryAfter);
        // A watch whose text is broken cannot be gone on with behind the break: only a list says what it lost.
        bool relist = verb == "watch" && (failure.IsGone || e is JsonException);
        if (relist) _version = null;
        if (verb == "list" && failure.Status == 410) _expired++;
        if (relist && first)
        {
            Log.Relisting(logger, resource.Name, failure.Message);
            return;
        }

        string text = $"{(failure.IsRefusal ? "may not" : "could not")} {verb} {resource.Name}: {failure.Message}";
        if (_progress.Error?.Text != text) Log.Failed(logger, text);
        _progress = _progress with { Error = (time.GetUtcNow(), text, failure.Status == 403 ? $"{verb} {resource.Name}" : null) };
        await Task.Delay(pause, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Twice as long after each failure, and up to half of it less by chance, so that many do not come back at once.</summary>
    private TimeSpan Pause(TimeSpan? retryAfter)
    {
        TimeSpan grown = times.FirstPause * Math.Pow(2, Math.Min(_failures++, 16));
        TimeSpan pause = (grown < times.LongestPause ? grown : times.LongestPause) * (0.5 + (random.NextDouble() / 2));
        if (retryAfter is not { } asked || asked <= pause) return pause;
        return (asked < times.LongestRetryAfter ? asked : times.LongestRetryAfter) * (1 + (random.NextDouble() / 10));
    }

    /// <summary>Reads every page. Only behind the last one is it known what went.</summary>
    private async Task ListAsync(CancellationToken ct)
    {
        _generation++;
        _objects.Begin();
        string? next = null, version;
        do
        {
            // Where pages expire before they are fetched, all comes in one reply, which is read piece by piece as well.
            string target = _expired > 1 ? $"{resource.Path}?" : $"{resource.Path}?limit={times.PageSize}";
            if (next is not null) target += $"&continue={Uri.EscapeDataString(next)}";
            (version, next) = await ReadPageAsync(target + resource.Selection, ct).ConfigureAwait(false);
        }
        while (next is not null);
        apply(new ObjectChange.Listed(resource.Kind, _generation));
        _expired = 0;
        _version = version;
        bool again = _progress.Error is not null;
        DateTimeOffset now = time.GetUtcNow();
        _progress = new WatchProgress(true, _objects.Skipped, now, now) { Problems = _objects.Problems };
        if (again) Log.Recovered(logger, resource.Name);
    }

    private async Task<(string Version, string? Continue)> ReadPageAsync(string target, CancellationToken ct)
    {
        using ApiReply reply = await ApiReply.GetAsync(server, target, true, times.Stall, times.Stall, time, ct).ConfigureAwait(false);
        string? version = null, next = null;
        while (await reply.MoveNextAsync(ct).ConfigureAwait(false))
        {
            if (reply.Kind == JsonPiece.Metadata) (version, next) = _objects.ReadMetadata(reply.Current.Span);
            else if (_objects.TryRead(reply.Current.Span, out KubernetesObject? item)) apply(new ObjectChange.Put(item, _generation));
        }

        _progress = _progress with { HeardAt = time.GetUtcNow(), Skipped = _objects.Skipped, Problems = _objects.Problems };
        return version is null ? throw new JsonException("a list without its resourceVersion") : (version, next);
    }

    /// <summary>
    /// Follows changes until the server ends the watch, as it does every few minutes; false when that was suspiciously soon.
    /// </summary>
    private async Task<bool> WatchAsync(string version, CancellationToken ct)
    {
        long started = time.GetTimestamp();
        bool heard = false;
        int seconds = (int)(times.Watch.TotalSeconds * (1 + (random.NextDouble() / 2)));
        string target = string.Create(CultureInfo.InvariantCulture,
            $"{resource.Path}?watch=1&allowWatchBookmarks=true&timeoutSeconds={seconds}&resourceVersion={Uri.EscapeDataString(version)}");
        using ApiReply reply =
            await ApiReply.GetAsync(server, target + resource.Selection, false, times.Stall, times.Silence, time, ct).ConfigureAwait(false);
        if (_progress.Error is not null) Log.Recovered(logger, resource.Name);
        _progress = _progress with { HeardAt = time.GetUtcNow(), Error = null };
        try
        {
            while (await reply.MoveNextAsync(ct).ConfigureAwait(false))
            {
                Apply(_objects.ReadEvent(reply.Current.Span));
                heard = true;
            }
        }
        finally
        {
            if (heard || time.GetElapsedTime(started) >= ShortWatch) _failures = 0;
        }

        return heard || _failures == 0;
    }

    private void Apply(WatchEvent met)
    {
        DateTimeOffset now = time.GetUtcNow();
        bool changed = met.Object is not null;
        if (met.Object is { } item)
            apply(met.Removes ? new ObjectChange.Gone(item.Kind, item.Namespace, item.Name) : new ObjectChange.Put(item, _generation));
        _version = met.Version ?? _version;
        _progress = _progress with
        {
            HeardAt = now, UpdatedAt = changed ? now : _progress.UpdatedAt, Skipped = _objects.Skipped, Problems = _objects.Problems,
        };
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Kubernetes: {Text}")]
        public static partial void Failed(ILogger logger, string text);

        [LoggerMessage(Level = LogLevel.Information, Message = "Kubernetes: {Resource} are listed anew: {Text}")]
        public static partial void Relisting(ILogger logger, string resource, string text);

        [LoggerMessage(Level = LogLevel.Information, Message = "Kubernetes: {Resource} are followed again")]
        public static partial void Recovered(ILogger logger, string resource);
    }
}
