namespace KubeDoH.Engine.Metrics;

/// <summary>A histogram of its own.</summary>
public sealed class Distribution(Buckets buckets)
{
    private readonly ShardedCounts _counts = new(buckets.Width);

    /// <param name="value">In the buckets' smallest unit: microseconds.</param>
    public void Add(long value) => buckets.Add(_counts.Row(), 0, value);

    public HistogramReading Read() => buckets.Read(_counts, 0);
}
