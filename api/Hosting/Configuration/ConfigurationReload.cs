using KubeDoH.Engine.Files;

namespace KubeDoH.Api.Hosting.Configuration;

/// <summary>
/// Reads the configuration again when one of its files changes: all of it is checked before any of it counts, and what is wrong leaves
/// what is in force as it is. Keys that wait for a start are named, the others come into force. Options that were refused are tried
/// again when a file that they name changes: it may have been what was wrong with them.
/// </summary>
internal sealed partial class ConfigurationReload(
    Settings settings, LiveConfiguration live, EngineHost host, TimeProvider time, ILogger<ConfigurationReload> logger) : BackgroundService
{
    /// <summary>Sections that the engine knows nothing of.</summary>
    private static readonly string[] OutsideEngine = ["Listen", "Management", "Logging", "QueryLog", "Queries", "Compare", "Telemetry"];

    /// <summary>Keys that come into force while the server runs, and name a file that is read then.</summary>
    private static readonly PathKey[] Named = [.. ConfigurationKeys.All.OfType<PathKey>().Where(LiveConfiguration.IsLive)];

    private readonly WatchedFiles _files = new(settings.Files, [], time);

    /// <summary>The files that refused options name; null while none are refused.</summary>
    private WatchedFiles? _refused;

    /// <summary>What the files say at the start is in force already.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _files.TryReadChanged(out _);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Off the caller's thread: the start does not wait for the first look.
        await Task.Yield();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await LookAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>Reads everything again where a file has changed.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        bool changed = _files.TryReadChanged(out _), mended = _refused?.TryReadChanged(out _) ?? false;
        if (changed || mended) await ReloadAsync(cancellationToken);
    }

    /// <summary>Reads everything and brings into force what differs.</summary>
    internal async Task ReloadAsync(CancellationToken cancellationToken)
    {
        _refused = null;
        if (settings.TryRead(out IReadOnlyList<string> errors) is not { } read)
        {
            Refuse(errors);
            return;
        }

        AppOptions inForce = live.InForce;
        AppOptions next = WithoutWhatWaits(inForce, read, out List<string> contradictions);
        if (contradictions.Count > 0)
        {
            Refuse(contradictions);
            return;
        }

        string[] changed = Differences(inForce, next), waiting = Differences(next, read);
        if (changed.Length > 0)
        {
            // Looked at before they are read: a write in between shows as a change next time.
            WatchedFiles named = FilesOf(next);
            named.TryReadChanged(out _);
            PreparedOptions? prepared = live.TryPrepare(next, out errors);
            if (prepared is not null && await BringAboutAsync(next, changed, cancellationToken) is { } error)
                (prepared, errors) = (null, [error]);
            if (prepared is null)
            {
                _refused = named;
                Refuse(errors);
                return;
            }

            live.Swap(prepared, read);
            string keys = string.Join(", ", changed);
            Log.Reloaded(logger, keys);
        }
        else
        {
            if (live.Failure is not null) Log.Unchanged(logger);
            live.Settle(read);
        }

        if (waiting.Length == 0) return;
        string later = string.Join(", ", waiting);
        Log.Waiting(logger, later);
    }

    /// <summary>What was read, but for the keys that wait for a start: those as they are in force.</summary>
    private AppOptions WithoutWhatWaits(AppOptions inForce, AppOptions read, out List<string> contradictions)
    {
        var values = new Dictionary<ConfigurationKey, ConfiguredValue>();
        foreach (ConfigurationKey key in ConfigurationKeys.All)
            if ((LiveConfiguration.IsLive(key) ? read : inForce).Values.TryGetValue(key, out ConfiguredValue? value)) values[key] = value;
        contradictions = [];
        return ConfigurationReader.Build(values, settings.ContentRoot, contradictions);
    }

    private WatchedFiles FilesOf(AppOptions options) => new([.. Named.Select(key => key.Get(options)).OfType<string>()], [], time);

    private static string[] Differences(AppOptions one, AppOptions other) =>
        [.. ConfigurationKeys.All.Where(key => key.Print(one) != key.Print(other)).Select(key => key.Path)];

    /// <summary>Null, or why the engine cannot go by the options.</summary>
    private async Task<string?> BringAboutAsync(AppOptions next, string[] changed, CancellationToken cancellationToken)
    {
        HashSet<string> sections = [.. changed.Select(path => path.Split(':')[0])];
        return sections.IsSubsetOf(OutsideEngine) ? null : await host.ChangeAsync(next.Engine, sections, cancellationToken);
    }

    private void Refuse(IReadOnlyList<string> errors)
    {
        live.Fail(errors);
        foreach (string error in errors) Log.Refused(logger, error);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Configuration: read again, and in force: {Keys}")]
        public static partial void Reloaded(ILogger logger, string keys);

        [LoggerMessage(Level = LogLevel.Information, Message = "Configuration: read again, and as it was before")]
        public static partial void Unchanged(ILogger logger);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Configuration: these changes count after the next start only: {Keys}")]
        public static partial void Waiting(ILogger logger, string keys);

        [LoggerMessage(Level = LogLevel.Error, Message = "Configuration: {Problem}; what was in force stays in force")]
        public static partial void Refused(ILogger logger, string problem);
    }
}
