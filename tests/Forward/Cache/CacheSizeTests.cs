using KubeDoH.Engine;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Forward.Cache;

/// <summary>The bytes that the cache counts are those it takes, and never more than it may; what it holds is what is asked for.</summary>
[Collection(nameof(HeapAlone))]
public class CacheSizeTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(60, 20_000)]
    [InlineData(1000, 10_000)]
    [InlineData(0, 20_000)]
    public async Task Bytes_counted_are_bytes_taken(int text, int count)
    {
        var cache = new CacheTesting(new CacheOptions { Size = 1 << 30 })
        {
            Always = question => text == 0 ? CacheTesting.Failure() : CacheTesting.Text(text, question.Name.ToString()),
        };
        var taken = new List<long>();
        long counted = 0;
        for (int round = 0; round < HeapRounds.Count; round++)
        {
            for (int i = 0; i < count; i++) await cache.AskAsync($"name{i}.example.com", RecordType.TXT);
            CacheTotals totals = cache.Cache.Totals;
            Assert.Equal(count, totals.Entries);
            counted = totals.Bytes;
            long full = HeapRounds.Settled();
            cache.Cache.Flush();
            taken.Add(full - HeapRounds.Settled());
        }

        double median = HeapRounds.Median(taken);
        output.WriteLine($"{counted / count} B each counted, {median / count:f0} B taken");
        Assert.InRange(median / counted, 0.8, 1.05);
        GC.KeepAlive(cache);
    }

    [Fact]
    public async Task Ten_times_as_much_as_fits_stays_within_the_bound()
    {
        const long Size = 2 << 20;
        var cache = new CacheTesting(new CacheOptions { Size = Size })
        {
            Always = question => CacheTesting.Text(1 + (question.Name.Span.Length * 37 % 900), question.Name.ToString()),
        };
        long put = 0, most = 0;
        for (int i = 0; put < 10 * Size; i++)
        {
            await cache.AskAsync($"{new string('x', i % 50)}name{i}.example.com", RecordType.TXT);
            put += cache.Cache.List(DnsName.Root, most: 1)[0].Size;
            most = Math.Max(most, cache.Cache.Totals.Bytes);
        }

        CacheTotals totals = cache.Cache.Totals;
        output.WriteLine($"{put} B put in, {most} B at most, {totals.Entries} entries, {totals.Evictions} went");
        Assert.InRange(most, Size * 95 / 100, Size);
        Assert.Equal(cache.Cache.List(DnsName.Root).Sum(line => (long)line.Size), totals.Bytes);
    }

    /// <summary>What is asked for again stays, though a flood of names that nobody asks for again comes by.</summary>
    [Fact]
    public async Task Flood_of_names_asked_for_once_does_not_push_the_popular_ones_out()
    {
        var cache = new CacheTesting(new CacheOptions { Size = 1 << 20 })
        {
            Always = question => CacheTesting.Address("192.0.2.1", 3000, question.Name.ToString()),
        };
        for (int i = 0; i < 50_000; i++)
        {
            await cache.AskAsync($"flood{i}.example.com");
            if (i % 5 == 0) await cache.AskAsync($"popular{i / 5 % 100}.example.com");
        }

        CacheTotals totals = cache.Cache.Totals;
        Assert.InRange(totals.Hits, 9_800, 9_900);
    }

    [Fact]
    public async Task Hit_rate_is_that_of_an_ideal_lru_or_better()
    {
        const int Names = 20_000, Capacity = Names / 10, Questions = 300_000;
        var random = new Random(7);
        var cache = new CacheTesting(new CacheOptions { Size = Capacity * await LineSizeAsync() })
        {
            Always = question => CacheTesting.Address("192.0.2.1", 3000, question.Name.ToString()),
        };
        var lru = new IdealLru(Capacity);
        var zipf = new Zipf(Names, random);
        for (int i = 0; i < Questions; i++)
        {
            int name = zipf.Next();
            lru.Ask(name);
            await cache.AskAsync($"name{name:d5}.example.com");
        }

        double own = 100.0 * cache.Cache.Totals.Hits / Questions, ideal = 100.0 * lru.Hits / Questions;
        output.WriteLine($"{Names} names, room for {Capacity}: {own:f1} % hits, an ideal LRU {ideal:f1} %");
        Assert.InRange(cache.Cache.Totals.Entries, Capacity - 1, Capacity);
        Assert.True(own > ideal - 1, $"{own} % against {ideal} %");
    }

    private static async Task<long> LineSizeAsync()
    {
        var cache = new CacheTesting { Always = question => CacheTesting.Address("192.0.2.1", 3000, question.Name.ToString()) };
        await cache.AskAsync("name00000.example.com");
        return cache.Cache.Totals.Bytes;
    }
}
