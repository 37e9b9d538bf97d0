using Microsoft.Extensions.Options;

namespace KubeDoH.Api.Hosting.Logging;

/// <summary>The levels of the log, which may change while it is written.</summary>
internal sealed class LogLevels : IOptionsMonitor<LoggerFilterOptions>
{
    private const string Default = "Default";

    /// <summary>
    /// Logs the start and the end of every request, at Information. Where anything of it may be logged, each request pays for an
    /// activity and a scope: as much as answering it.
    /// </summary>
    private const string RequestLog = "Microsoft.AspNetCore.Hosting.Diagnostics";

    /// <summary>Names callers' addresses, at Debug.</summary>
    private const string ProxyLog = "Microsoft.AspNetCore.HttpOverrides";

    private Action<LoggerFilterOptions, string?>? _listeners;

    public LogLevels(LogOptions options) => CurrentValue = Rules(options);

    public LoggerFilterOptions CurrentValue { get; private set; }

    public void Set(LogOptions options)
    {
        CurrentValue = Rules(options);
        _listeners?.Invoke(CurrentValue, null);
    }

    public LoggerFilterOptions Get(string? name) => CurrentValue;

    public IDisposable? OnChange(Action<LoggerFilterOptions, string?> listener)
    {
        _listeners += listener;
        return null;
    }

    private static LoggerFilterOptions Rules(LogOptions options)
    {
        var filter = new LoggerFilterOptions();
        foreach ((string category, LogLevel level) in options.Levels) Add(IsDefault(category) ? null : category, level);
        if (LevelOf(RequestLog, options.Levels) > LogLevel.Information) Add(RequestLog, LogLevel.None);
        if (!options.ClientAddresses) Add(ProxyLog, LogLevel.None);
        return filter;

        void Add(string? category, LogLevel level) => filter.Rules.Add(new LoggerFilterRule(null, category, level, null));
    }

    /// <summary>The level of the longest prefix.</summary>
    private static LogLevel LevelOf(string category, IReadOnlyDictionary<string, LogLevel> levels) => levels
        .Where(pair => IsDefault(pair.Key) || category.StartsWith(pair.Key, StringComparison.OrdinalIgnoreCase))
        .OrderByDescending(pair => IsDefault(pair.Key) ? 0 : pair.Key.Length)
        .Select(pair => pair.Value)
        .FirstOrDefault(LogLevel.Information);

    private static bool IsDefault(string category) => category.Equals(Default, StringComparison.OrdinalIgnoreCase);
}
