using KubeDoH.Engine;

namespace KubeDoH.Api.Hosting.Configuration;

/// <summary>Everything that can be configured.</summary>
internal sealed class AppOptions
{
    public EngineOptions Engine { get; } = new();

    public ListenOptions Listen { get; } = new();

    public ManagementOptions Management { get; init; } = new();

    public QueryOptions Query { get; } = new();

    /// <summary>Writes the addresses of callers into the log.</summary>
    public bool LogsAddresses { get; set; }

    /// <summary>The least level that is logged, by category prefix; <c>Default</c> for all others.</summary>
    public IReadOnlyDictionary<string, LogLevel> LogLevels { get; set; } = new Dictionary<string, LogLevel>
    {
        ["Default"] = LogLevel.Information,
        ["Microsoft"] = LogLevel.Warning,
    };
}
