using System.Numerics;

namespace KubeDoH.Engine.Forward.Upstreams;

/// <summary>
/// Times of replies in four buckets an octave, 64 microseconds to 8 seconds: a quantile is right to a fifth. What is old counts
/// half as much with every 1,024 replies.
/// </summary>
internal sealed class RttHistogram
{
    private const int Octaves = 17, Steps = 4, LowestBit = 6, HalveAt = 1024;

    private readonly Lock _lock = new();
    private readonly int[] _counts = new int[Octaves * Steps];
    private int _total;

    public void Add(TimeSpan time)
    {
        int bucket = BucketOf((long)time.TotalMicroseconds);
        lock (_lock)
        {
            _counts[bucket]++;
            if (++_total >= HalveAt) Halve();
        }
    }

    /// <summary>
    /// The time that <paramref name="share"/> of the replies came within; null where fewer than <paramref name="least"/> came.
    /// </summary>
    public TimeSpan? Quantile(double share, int least = 1)
    {
        lock (_lock)
        {
            if (_total < least) return null;
            double wanted = _total * share;
            int bucket = 0;
            for (int seen = _counts[0]; seen < wanted && bucket < _counts.Length - 1; seen += _counts[bucket]) bucket++;
            return TimeSpan.FromMicroseconds(UpperBoundOf(bucket));
        }
    }

    /// <summary>The quantiles for an operator; null before the first reply.</summary>
    public RttQuantiles? Read() => Quantile(0.5) is { } half && Quantile(0.9) is { } most && Quantile(0.99) is { } nearlyAll
        ? new RttQuantiles(half, most, nearlyAll)
        : null;

    private static int BucketOf(long microseconds)
    {
        long bounded = Math.Clamp(microseconds, 1L << LowestBit, (1L << (LowestBit + Octaves)) - 1);
        int octave = BitOperations.Log2((ulong)bounded);
        long within = (bounded - (1L << octave)) * Steps >> octave;
        return ((octave - LowestBit) * Steps) + (int)within;
    }

    private static long UpperBoundOf(int bucket)
    {
        long octave = 1L << (LowestBit + (bucket / Steps));
        return octave + (octave * ((bucket % Steps) + 1) / Steps);
    }

    private void Halve()
    {
        _total = 0;
        for (int i = 0; i < _counts.Length; i++) _total += _counts[i] /= 2;
    }
}
