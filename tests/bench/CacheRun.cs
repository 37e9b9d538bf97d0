using System.Diagnostics;
using KubeDoH.Engine.Forward.Cache;

namespace KubeDoH.Bench;

/// <summary>
/// Hit rate and time a question of a cache with room for a tenth of the names, which are asked for by Zipf's law, beside the hit rate of
/// an ideal LRU. The upstream answers at once, so that the times are the engine's own: parsing, keeping and pushing out included.
/// </summary>
internal static class CacheRun
{
    private const int Names = 100_000, Capacity = Names / 10, Questions = 2_000_000;

    public static int Run()
    {
        byte[][] questions = [.. Enumerable.Range(0, Names).Select(CacheWorld.Question)];
        byte[] reply = new byte[4096];
        CacheWorld world = CacheWorld.OfSize(Capacity * LineSize(questions[0], reply));
        int[] order = Zipf(new Random(1));
        Play(order.AsSpan(0, Questions / 2), world, questions, reply, null);
        CacheTotals before = world.Cache.Totals;
        long[] times = new long[Questions / 2];
        Play(order.AsSpan(Questions / 2), world, questions, reply, times);
        CacheTotals after = world.Cache.Totals;

        double own = 100.0 * (after.Hits - before.Hits) / times.Length, ideal = IdealLru(order);
        Array.Sort(times);
        Console.WriteLine($"{Names} names by Zipf's law, room for {Capacity}, {Questions} questions, the second half counted:");
        Console.WriteLine($"hit rate {own:f2} %, an ideal LRU's {ideal:f2} %");
        Console.WriteLine($"time a question: p50 {Micros(times, 0.5):f2} µs, p99 {Micros(times, 0.99):f2} µs");
        Console.WriteLine($"{after.Entries} entries, {after.Bytes} of {after.Limit} B");
        bool kept = own > ideal - 3;
        Console.WriteLine(kept ? "within 3 points of the ideal LRU" : "more than 3 points below the ideal LRU");
        return kept ? 0 : 1;
    }

    private static long LineSize(byte[] question, byte[] reply)
    {
        CacheWorld world = CacheWorld.OfSize(1 << 20);
        world.Ask(question, reply);
        return world.Cache.Totals.Bytes;
    }

    private static void Play(ReadOnlySpan<int> order, CacheWorld world, byte[][] questions, byte[] reply, long[]? times)
    {
        for (int i = 0; i < order.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            world.Ask(questions[order[i]], reply);
            if (times is not null) times[i] = Stopwatch.GetTimestamp() - start;
        }
    }

    private static double Micros(long[] sorted, double quantile) =>
        Stopwatch.GetElapsedTime(0, sorted[(int)(sorted.Length * quantile)]).TotalMicroseconds;

    /// <summary>Names in the order in which they are asked for: the n-th with a chance of 1/n.</summary>
    private static int[] Zipf(Random random)
    {
        var sums = new double[Names];
        double sum = 0;
        for (int i = 0; i < Names; i++) sums[i] = sum += 1.0 / (i + 1);
        var order = new int[Questions];
        for (int i = 0; i < Questions; i++)
        {
            int at = Array.BinarySearch(sums, random.NextDouble() * sum);
            order[i] = Math.Min(at < 0 ? ~at : at, Names - 1);
        }

        return order;
    }

    /// <summary>Hits in the second half, percent.</summary>
    private static double IdealLru(int[] order)
    {
        var nodes = new Dictionary<int, LinkedListNode<int>>();
        var used = new LinkedList<int>();
        long hits = 0;
        for (int i = 0; i < order.Length; i++)
        {
            if (nodes.TryGetValue(order[i], out LinkedListNode<int>? node))
            {
                if (i >= order.Length / 2) hits++;
                used.Remove(node);
                used.AddFirst(node);
                continue;
            }

            if (nodes.Count == Capacity)
            {
                nodes.Remove(used.Last!.Value);
                used.RemoveLast();
            }

            nodes[order[i]] = used.AddFirst(order[i]);
        }

        return 100.0 * hits / (order.Length - (order.Length / 2));
    }
}
