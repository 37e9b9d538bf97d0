namespace KubeDoH.Engine.Metrics;

/// <summary>What a metric counts.</summary>
public enum MetricKind
{
    /// <summary>It only grows while the process lives.</summary>
    Counter,

    Gauge,

    Histogram,
}

/// <summary>A label and its value.</summary>
public readonly record struct MetricLabel(string Name, string Value);

/// <summary>
/// What a histogram holds: a count for each bucket by itself, one beyond the last bound among them, and the sum of all values.
/// </summary>
public sealed record HistogramReading(IReadOnlyList<double> Bounds, IReadOnlyList<long> Counts, double Sum)
{
    public long Total => Counts.Sum();
}

/// <summary>One value of a metric, of a histogram its buckets.</summary>
public sealed record MetricSample(IReadOnlyList<MetricLabel> Labels, double Value)
{
    public HistogramReading? Histogram { get; init; }

    /// <summary>Of labels by turns name and value.</summary>
    public static MetricSample Of(double value, params ReadOnlySpan<string> labels) => new(Pairs(labels), value);

    public static MetricSample Of(HistogramReading reading, params ReadOnlySpan<string> labels) =>
        new(Pairs(labels), reading.Sum) { Histogram = reading };

    private static MetricLabel[] Pairs(ReadOnlySpan<string> labels)
    {
        var pairs = new MetricLabel[labels.Length / 2];
        for (int i = 0; i < pairs.Length; i++) pairs[i] = new MetricLabel(labels[2 * i], labels[(2 * i) + 1]);
        return pairs;
    }
}

/// <summary>A metric with all its values, as they are at the moment of reading.</summary>
/// <param name="Name">As Prometheus has it: a counter's ends in <c>_total</c>, units are seconds and bytes.</param>
public sealed record MetricFamily(string Name, MetricKind Kind, string Help, IReadOnlyList<MetricSample> Samples)
{
    public static MetricFamily Counter(string name, string help, params IReadOnlyList<MetricSample> samples) =>
        new(name, MetricKind.Counter, help, samples);

    public static MetricFamily Gauge(string name, string help, params IReadOnlyList<MetricSample> samples) =>
        new(name, MetricKind.Gauge, help, samples);

    public static MetricFamily Histogram(string name, string help, params IReadOnlyList<MetricSample> samples) =>
        new(name, MetricKind.Histogram, help, samples);
}
