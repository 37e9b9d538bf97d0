namespace KubeDoH.Api.Hosting.Logging;

/// <summary>How a line of the log is written (<c>Logging:Format</c>).</summary>
internal enum LogFormat
{
    /// <summary>For people: time, level, category, sentence.</summary>
    Text,

    /// <summary>For machines: one object a line, with each value of the sentence by its name.</summary>
    Json,
}

/// <summary>The section <c>Logging</c>.</summary>
internal sealed class LogOptions
{
    public LogFormat Format { get; set; } = LogFormat.Text;

    /// <summary>For so long lines of one kind are counted after the first few; 0 for never.</summary>
    public TimeSpan Consolidate { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Writes the addresses of callers into the log.</summary>
    public bool ClientAddresses { get; set; }

    /// <summary>The least level that is logged, by category prefix; <c>Default</c> for all others.</summary>
    public IReadOnlyDictionary<string, LogLevel> Levels { get; set; } = new Dictionary<string, LogLevel>
    {
        ["Default"] = LogLevel.Information,
        ["Microsoft"] = LogLevel.Warning,
    };
}
