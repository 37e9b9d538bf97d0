using System.Buffers;
using System.Text;
using KubeDoH.Api.Metrics;
using KubeDoH.Engine.Metrics;

namespace KubeDoH.Tests.Api.Metrics;

/// <summary>Metrics are written down as Prometheus reads them.</summary>
public sealed class MetricsTextTests
{
    [Fact]
    public void Counter_and_gauge_are_a_line_for_each_value()
    {
        string text = Write(
            MetricFamily.Counter(
                "a_total", "Counts.", MetricSample.Of(3, "zone", ".", "type", "A"), MetricSample.Of(1e21, "zone", "b.", "type", "A")),
            MetricFamily.Gauge("b_seconds", "Measures.", MetricSample.Of(0.25)),
            MetricFamily.Gauge("empty", "Nothing yet."));

        Assert.Equal(
            """
            # HELP a_total Counts.
            # TYPE a_total counter
            a_total{zone=".",type="A"} 3
            a_total{zone="b.",type="A"} 1E+21
            # HELP b_seconds Measures.
            # TYPE b_seconds gauge
            b_seconds 0.25
            # HELP empty Nothing yet.
            # TYPE empty gauge

            """,
            text);
    }

    [Fact]
    public void Histogram_is_its_cumulative_buckets_sum_and_count()
    {
        var reading = new HistogramReading([0.1, 0.5], [2, 0, 1], 3.5);

        string text = Write(MetricFamily.Histogram("c_seconds", "Times.", MetricSample.Of(reading, "to", "a"), MetricSample.Of(reading)));

        Assert.Equal(
            """
            # HELP c_seconds Times.
            # TYPE c_seconds histogram
            c_seconds_bucket{to="a",le="0.1"} 2
            c_seconds_bucket{to="a",le="0.5"} 2
            c_seconds_bucket{to="a",le="+Inf"} 3
            c_seconds_sum{to="a"} 3.5
            c_seconds_count{to="a"} 3
            c_seconds_bucket{le="0.1"} 2
            c_seconds_bucket{le="0.5"} 2
            c_seconds_bucket{le="+Inf"} 3
            c_seconds_sum 3.5
            c_seconds_count 3

            """,
            text);
    }

    [Fact]
    public async Task Strange_values_are_escaped()
    {
        string text = Write(MetricFamily.Gauge("d", "A \\ and\na line.", MetricSample.Of(1, "part", "a\"b\\c\nd")));

        Assert.Contains("# HELP d A \\\\ and\\na line.\n", text, StringComparison.Ordinal);
        Assert.Contains("d{part=\"a\\\"b\\\\c\\nd\"} 1\n", text, StringComparison.Ordinal);
        Assert.Equal("", await Promtool.JudgeAsync(text));
    }

    /// <summary>The judge does find what is wrong.</summary>
    [Theory]
    [InlineData("# TYPE e counter\ne 1\n", "counter metrics should have \"_total\" suffix")]
    [InlineData("# HELP f_total F.\n# TYPE f_total counter\nf_total{a=\"1\" 1\n", "ended with")]
    public async Task Planted_mistake_is_found(string text, string finding) =>
        Assert.Contains(finding, await Promtool.JudgeAsync(text), StringComparison.Ordinal);

    private static string Write(params MetricFamily[] families)
    {
        var output = new ArrayBufferWriter<byte>();
        MetricsText.Write(output, families);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
