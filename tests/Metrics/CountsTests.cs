using KubeDoH.Engine.Metrics;

namespace KubeDoH.Tests.Metrics;

/// <summary>Counting from many threads loses nothing, and values fall into the buckets that Prometheus means.</summary>
public sealed class CountsTests
{
    [Fact]
    public void Nothing_that_many_threads_count_is_lost()
    {
        const int Threads = 8, Rounds = 50_000;
        var counts = new ShardedCounts(3);

        Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, _ =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                counts.Add(0);
                counts.Add(2, 3);
            }
        });

        Assert.Equal((Threads * Rounds, 0, 3L * Threads * Rounds), (counts.Read(0), counts.Read(1), counts.Read(2)));
    }

    /// <summary>A value on a bound is at most the bound (<c>le</c>).</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(250, 0)]
    [InlineData(251, 1)]
    [InlineData(500, 1)]
    [InlineData(8_192_000, 15)]
    [InlineData(8_192_001, 16)]
    [InlineData(60_000_000, 16)]
    public void Time_falls_into_its_bucket(long microseconds, int bucket)
    {
        var times = new Distribution(Buckets.Times);

        times.Add(microseconds);

        HistogramReading reading = times.Read();
        Assert.Equal(bucket, reading.Counts.Index().Single(pair => pair.Item == 1).Index);
        Assert.Equal((1, microseconds / 1e6), (reading.Total, reading.Sum));
    }

    [Fact]
    public void Bounds_are_those_of_CoreDNS()
    {
        Assert.Equal((0.00025, 8.192, 16), (Buckets.Times.Bounds[0], Buckets.Times.Bounds[^1], Buckets.Times.Bounds.Count));
        Assert.Equal((0.001, 524.288, 20), (Buckets.LongTimes.Bounds[0], Buckets.LongTimes.Bounds[^1], Buckets.LongTimes.Bounds.Count));
        Assert.Equal([0, 100, 200, 300, 400, 511, 1023, 2047, 4095, 8291, 16e3, 32e3, 48e3, 64e3], Buckets.Sizes.Bounds);
    }
}
