namespace KubeDoH.Api.Hosting;

/// <summary>Puts configured levels on the log.</summary>
internal static class LogLevels
{
    /// <param name="levels">By category prefix; <c>Default</c> stands for all others.</param>
    public static ILoggingBuilder AddLevels(this ILoggingBuilder logging, IReadOnlyDictionary<string, LogLevel> levels)
    {
        foreach ((string category, LogLevel level) in levels)
            logging.AddFilter(category.Equals("Default", StringComparison.OrdinalIgnoreCase) ? null : category, level);
        return logging;
    }
}
