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

    private Action<LoggerFilterOptions, string?>? _listeners;

    /// <param name="levels">By category prefix; <c>Default</c> stands for all others.</param>
    public LogLevels(IReadOnlyDictionary<string, LogLevel> levels) => CurrentValue = Rules(levels);

    public LoggerFilterOptions CurrentValue { get; private set; }

    public void Set(IReadOnlyDictionary<string, LogLevel> levels)
    {
        CurrentValue = Rules(levels);
        _listeners?.Invoke(CurrentValue, null);
    }

    public LoggerFilterOptions Get(string? name) => CurrentValue;

    public IDisposable? OnChange(Action<LoggerFilterOptions, string?> listener)
    {
        _listeners += listener;
        return null;
    }

    private static LoggerFilterOptions Rules(IReadOnlyDictionary<string, LogLevel> levels)
    {
        var options = new LoggerFilterOptions();
        foreach ((string category, LogLevel level) in levels)
            options.Rules.Add(new LoggerFilterRule(null, IsDefault(category) ? null : category, level, null));
        if (LevelOf(RequestLog, levels) > LogLevel.Information) options.Rules.Add(new LoggerFilterRule(null, RequestLog, LogLevel.None, null));
        return options;
    }

    /// <summary>The level of the longest prefix.</summary>
    private static LogLevel LevelOf(string category, IReadOnlyDictionary<string, LogLevel> levels) => levels
        .Where(pair => IsDefault(pair.Key) || category.StartsWith(pair.Key, StringComparison.OrdinalIgnoreCase))
        .OrderByDescending(pair => IsDefault(pair.Key) ? 0 : pair.Key.Length)
        .Select(pair => pair.Value)
        .FirstOrDefault(LogLevel.Information);

    private static bool IsDefault(string category) => category.Equals(Default, StringComparison.OrdinalIgnoreCase);
}
