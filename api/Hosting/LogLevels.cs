namespace KubeDoH.Api.Hosting;

/// <summary>Puts configured levels on the log.</summary>
internal static class LogLevels
{
    private const string Default = "Default";

    /// <summary>
    /// Logs the start and the end of every request, at Information. Where anything of it may be logged, each request pays for an
    /// activity and a scope: as much as answering it.
    /// </summary>
    private const string RequestLog = "Microsoft.AspNetCore.Hosting.Diagnostics";

    /// <summary>Names callers' addresses, at Debug.</summary>
    private const string ProxyLog = "Microsoft.AspNetCore.HttpOverrides";

    /// <param name="levels">By category prefix; <c>Default</c> stands for all others.</param>
    /// <param name="addresses">Callers' addresses are asked for.</param>
    public static ILoggingBuilder AddLevels(this ILoggingBuilder logging, IReadOnlyDictionary<string, LogLevel> levels, bool addresses)
    {
        foreach ((string category, LogLevel level) in levels) logging.AddFilter(IsDefault(category) ? null : category, level);
        if (!addresses) logging.AddFilter(ProxyLog, LogLevel.None);
        return LevelOf(RequestLog, levels) > LogLevel.Information ? logging.AddFilter(RequestLog, LogLevel.None) : logging;
    }

    /// <summary>The level of the longest prefix.</summary>
    private static LogLevel LevelOf(string category, IReadOnlyDictionary<string, LogLevel> levels) => levels
        .Where(pair => IsDefault(pair.Key) || category.StartsWith(pair.Key, StringComparison.OrdinalIgnoreCase))
        .OrderByDescending(pair => IsDefault(pair.Key) ? 0 : pair.Key.Length)
        .Select(pair => pair.Value)
        .FirstOrDefault(LogLevel.Information);

    private static bool IsDefault(string category) => category.Equals(Default, StringComparison.OrdinalIgnoreCase);
}
