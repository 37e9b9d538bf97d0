using System.Diagnostics;
using System.Diagnostics.Metrics;
using KubeDoH.Engine.Metrics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace KubeDoH.Api.Metrics;

/// <summary>
/// Sends traces and metrics to an OpenTelemetry collector (OTLP). The metrics are those of <c>/metrics</c>, a histogram as three counters
/// as there. Without an endpoint none of this is made.
/// </summary>
internal sealed class Telemetry : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(500);

    private readonly Meter _meter = new(Tracing.SourceName, Hosting.Configuration.HelpText.Version);
    private readonly TracerProvider? _traces;
    private readonly MeterProvider _metrics;
    private Dictionary<string, MetricFamily> _families = [];
    private long _readAt;

    private Telemetry(TelemetryOptions options, Uri endpoint, ProcessMetrics all)
    {
        void Configure(OtlpExporterOptions exporter, string signal)
        {
            bool grpc = options.Protocol == TelemetryProtocol.Grpc;
            exporter.Protocol = grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
            exporter.Endpoint = grpc ? endpoint : new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/v1/{signal}");
        }

        ResourceBuilder resource = ResourceBuilder.CreateDefault()
            .AddService("kubedoh", serviceVersion: Hosting.Configuration.HelpText.Version);
        foreach (string name in all.Read().Select(family => family.Name)) Offer(name, all);
        _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Tracing.SourceName)
            .AddOtlpExporter((exporter, reader) =>
            {
                Configure(exporter, "metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.Interval.TotalMilliseconds;
            }).Build();
        if (options.TraceSample == 0) return;
        _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Tracing.SourceName)
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(1.0 / options.TraceSample)))
            .AddOtlpExporter(exporter => Configure(exporter, "traces")).Build();
    }

    /// <summary>Null where no endpoint is configured.</summary>
    public static Telemetry? Start(TelemetryOptions options, ProcessMetrics all) =>
        options.Endpoint is { } endpoint ? new Telemetry(options, new Uri(endpoint), all) : null;

    /// <summary>Sends what is left, and what was counted to the end: not a reading of a moment ago.</summary>
    public void Dispose()
    {
        _families = [];
        _traces?.Dispose();
        _metrics.Dispose();
        _meter.Dispose();
    }

    private void Offer(string name, ProcessMetrics all)
    {
        MetricFamily Now() => ReadOnce(all)[name];
        MetricFamily family = Now();
        switch (family.Kind)
        {
            case MetricKind.Gauge:
                _meter.CreateObservableGauge(name, () => Values(Now()), description: family.Help);
                break;
            case MetricKind.Counter:
                _meter.CreateObservableCounter(name, () => Values(Now()), description: family.Help);
                break;
            default:
                _meter.CreateObservableCounter($"{name}_bucket", () => Buckets(Now()), description: family.Help);
                _meter.CreateObservableCounter($"{name}_count", () => Totals(Now(), reading => reading.Total), description: family.Help);
                _meter.CreateObservableCounter($"{name}_sum", () => Totals(Now(), reading => reading.Sum), description: family.Help);
                break;
        }
    }

    /// <summary>Each instrument is asked by itself, all of them in one go: they share a reading.</summary>
    private Dictionary<string, MetricFamily> ReadOnce(ProcessMetrics all)
    {
        if (_families.Count > 0 && Stopwatch.GetElapsedTime(_readAt) < Fresh) return _families;
        _families = all.Read().ToDictionary(family => family.Name);
        _readAt = Stopwatch.GetTimestamp();
        return _families;
    }

    private static IEnumerable<Measurement<double>> Values(MetricFamily family) =>
        family.Samples.Select(sample => new Measurement<double>(sample.Value, Tags(sample)));

    private static IEnumerable<Measurement<double>> Totals(MetricFamily family, Func<HistogramReading, double> total) =>
        family.Samples.Select(sample => new Measurement<double>(total(sample.Histogram!), Tags(sample)));

    /// <summary>Cumulative, each with its upper bound.</summary>
    private static IEnumerable<Measurement<double>> Buckets(MetricFamily family)
    {
        foreach (MetricSample sample in family.Samples)
        {
            long sum = 0;
            for (int i = 0; i < sample.Histogram!.Counts.Count; i++)
            {
                sum += sample.Histogram.Counts[i];
                string bound = MetricsText.Bound(sample.Histogram, i);
                yield return new Measurement<double>(sum, [.. Tags(sample), new("le", bound)]);
            }
        }
    }

    private static KeyValuePair<string, object?>[] Tags(MetricSample sample) =>
        [.. sample.Labels.Select(label => new KeyValuePair<string, object?>(label.Name, label.Value))];
}
