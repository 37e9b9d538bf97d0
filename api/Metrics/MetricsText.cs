using System.Buffers;
using System.Globalization;
using System.Text;
using KubeDoH.Engine.Metrics;

namespace KubeDoH.Api.Metrics;

/// <summary>
/// Metrics as Prometheus reads them, in the text format 0.0.4: a line <c># HELP</c>, a line <c># TYPE</c>, then a line for each value. A
/// histogram is its cumulative buckets (<c>le</c>), sum and count.
/// </summary>
internal static class MetricsText
{
    public const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    public static void Write(IBufferWriter<byte> output, IEnumerable<MetricFamily> families)
    {
        var text = new StringBuilder();
        foreach (MetricFamily family in families)
        {
            text.Clear();
            text.Append(CultureInfo.InvariantCulture, $"# HELP {family.Name} {Escape(family.Help, quotes: false)}\n");
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {family.Name} {family.Kind.ToString().ToLowerInvariant()}\n");
            foreach (MetricSample sample in family.Samples) Append(text, family.Name, sample);
            foreach (ReadOnlyMemory<char> chunk in text.GetChunks()) Encoding.UTF8.GetBytes(chunk.Span, output);
        }
    }

    /// <summary>The upper bound of a bucket as the label <c>le</c> has it.</summary>
    public static string Bound(HistogramReading histogram, int bucket) =>
        bucket < histogram.Bounds.Count ? Number(histogram.Bounds[bucket]) : "+Inf";

    private static void Append(StringBuilder text, string name, MetricSample sample)
    {
        if (sample.Histogram is not { } histogram)
        {
            Line(text, name, sample.Labels, null, sample.Value);
            return;
        }

        long sum = 0;
        for (int i = 0; i < histogram.Counts.Count; i++)
        {
            sum += histogram.Counts[i];
            Line(text, $"{name}_bucket", sample.Labels, Bound(histogram, i), sum);
        }

        Line(text, $"{name}_sum", sample.Labels, null, histogram.Sum);
        Line(text, $"{name}_count", sample.Labels, null, sum);
    }

    private static void Line(StringBuilder text, string name, IReadOnlyList<MetricLabel> labels, string? bound, double value)
    {
        text.Append(name);
        char before = '{';
        foreach (MetricLabel label in labels)
        {
            text.Append(before).Append(label.Name).Append("=\"").Append(Escape(label.Value, quotes: true)).Append('"');
            before = ',';
        }

        if (bound is not null) text.Append(before).Append("le=\"").Append(bound).Append('"');
        if (bound is not null || before == ',') text.Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Escape(string value, bool quotes)
    {
        if (value.AsSpan().IndexOfAny('\\', '\n', '"') < 0) return value;
        value = value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? value.Replace("\"", "\\\"", StringComparison.Ordinal) : value;
    }
}
