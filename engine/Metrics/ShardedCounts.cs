using System.Numerics;

namespace KubeDoH.Engine.Metrics;

/// <summary>
/// Counts that many threads add to at once: each core has a row of its own, so that no two write to the same line of memory. Reading
/// adds the rows up.
/// </summary>
/// <param name="length">How many counts there are.</param>
public sealed class ShardedCounts(int length)
{
    private const int MostRows = 16;

    /// <summary>Longs before and behind a row: two lines of memory, as processors fetch them in pairs.</summary>
    private const int Margin = 16;

    private readonly long[][] _rows = [.. Enumerable.Range(0, Rows()).Select(_ => new long[Margin + length + Margin])];

    /// <summary>The row of the core that this thread runs on; to be added to with <see cref="Interlocked"/> only.</summary>
    public Span<long> Row() => _rows[Thread.GetCurrentProcessorId() & (_rows.Length - 1)].AsSpan(Margin, length);

    public void Add(int index, long amount = 1) => Interlocked.Add(ref Row()[index], amount);

    public long Read(int index)
    {
        long sum = 0;
        foreach (long[] row in _rows) sum += Volatile.Read(ref row[Margin + index]);
        return sum;
    }

    private static int Rows() => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, MostRows));
}
