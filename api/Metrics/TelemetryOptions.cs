namespace KubeDoH.Api.Metrics;

/// <summary>What an OpenTelemetry collector speaks (<c>Telemetry:Protocol</c>).</summary>
internal enum TelemetryProtocol
{
    Grpc,
    Http,
}

/// <summary>The section <c>Telemetry</c>: OTLP, off unless an endpoint is named.</summary>
internal sealed class TelemetryOptions
{
    /// <summary>The collector's URL; null for none.</summary>
    public string? Endpoint { get; set; }

    public TelemetryProtocol Protocol { get; set; } = TelemetryProtocol.Grpc;

    /// <summary>One question of so many is traced; 0 traces none.</summary>
    public int TraceSample { get; set; } = 100;

    /// <summary>How often metrics are sent.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);
}
