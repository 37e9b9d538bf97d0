using KubeDoH.Api.Compare;
using KubeDoH.Api.Doh;
using KubeDoH.Api.Hosting.Logging;
using KubeDoH.Api.Metrics;
using KubeDoH.Api.Queries;
using KubeDoH.Engine;

namespace KubeDoH.Api.Hosting.Configuration;

/// <summary>Everything that can be configured.</summary>
internal sealed class AppOptions
{
    public EngineOptions Engine { get; } = new();

    public ListenOptions Listen { get; } = new();

    public ManagementOptions Management { get; init; } = new();

    public QueryOptions Query { get; } = new();

    public LogOptions Logging { get; } = new();

    public CompareOptions Compare { get; } = new();

    public QueryLogOptions QueryLog { get; } = new();

    public QueriesOptions Queries { get; } = new();

    public TelemetryOptions Telemetry { get; } = new();

    /// <summary>What the sources of configuration say, by key; a key that none of them has is not in it.</summary>
    public IReadOnlyDictionary<ConfigurationKey, ConfiguredValue> Values { get; set; } =
        new Dictionary<ConfigurationKey, ConfiguredValue>();
}
