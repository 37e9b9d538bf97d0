namespace KubeDoH.Engine.Metrics;

/// <summary>
/// The buckets of a histogram within a row of counts: one for each bound, one for what lies beyond the last, and the sum in the
/// smallest unit.
/// </summary>
public sealed class Buckets
{
    private readonly long[] _limits;

    /// <param name="bounds">Rising, in the unit that is shown; a value on a bound lies below it.</param>
    /// <param name="scale">How many of what is counted make one of the unit: 1,000,000 for microseconds shown as seconds.</param>
    public Buckets(IReadOnlyList<double> bounds, double scale)
    {
        Bounds = bounds;
        Scale = scale;
        _limits = [.. bounds.Select(bound => (long)Math.Round(bound * scale))];
    }

    /// <summary>Seconds, as CoreDNS has them for every time: 250 microseconds to 8 seconds, each twice the one before.</summary>
    public static Buckets Times { get; } = Exponential(0.00025, 16);

    /// <summary>Seconds, as CoreDNS has them for the time until a change of the cluster is served: 1 millisecond to 9 minutes.</summary>
    public static Buckets LongTimes { get; } = Exponential(0.001, 20);

    /// <summary>Octets of messages, as CoreDNS has them.</summary>
    public static Buckets Sizes { get; } = new([0, 100, 200, 300, 400, 511, 1023, 2047, 4095, 8291, 16e3, 32e3, 48e3, 64e3], 1);

    public IReadOnlyList<double> Bounds { get; }

    public double Scale { get; }

    /// <summary>Counts that a histogram takes in a row.</summary>
    public int Width => _limits.Length + 2;

    /// <summary>Adds a value, in the smallest unit, to the histogram that begins at <paramref name="start"/>.</summary>
    public void Add(Span<long> row, int start, long value)
    {
        int bucket = 0;
        while (bucket < _limits.Length && value > _limits[bucket]) bucket++;
        Interlocked.Increment(ref row[start + bucket]);
        Interlocked.Add(ref row[start + _limits.Length + 1], value);
    }

    public HistogramReading Read(ShardedCounts counts, int start) => new(
        Bounds,
        [.. Enumerable.Range(start, _limits.Length + 1).Select(counts.Read)],
        counts.Read(start + _limits.Length + 1) / Scale);

    private static Buckets Exponential(double first, int count) =>
        new([.. Enumerable.Range(0, count).Select(i => first * Math.Pow(2, i))], 1_000_000);
}
