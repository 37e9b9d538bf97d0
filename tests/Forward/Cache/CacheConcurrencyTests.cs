using System.Buffers.Binary;
using KubeDoH.Engine;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Forward.Cache;

/// <summary>
/// Many at once ask, store, push out and flush. Each address tells its name and the moment at which the upstream was asked, so that an
/// answer to another question, or one from before a flush, shows.
/// </summary>
public class CacheConcurrencyTests(ITestOutputHelper output)
{
    private const int Names = 400;
    private int _moment;

    [Fact]
    public async Task No_answer_is_another_questions_or_older_than_the_flush_before_it()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        using var cache = new AnswerCache(new CacheOptions { Size = 150_000 }, TimeProvider.System);
        var upstreams = new CachedUpstreams(cache, AskAsync, TimeSpan.FromSeconds(10), TimeProvider.System);
        ForwardRule rule = CacheTesting.RuleOf("192.0.2.1");
        int[] flushed = new int[Names];
        long deadline = Environment.TickCount64 + 2000;
        Task[] clients = [.. Enumerable.Range(0, 8).Select(seed => Task.Run(() => ClientAsync(new Random(seed)), stop))];
        await Task.WhenAll(clients);
        CacheTotals totals = cache.Totals;
        output.WriteLine($"{totals}");
        Assert.InRange(totals.Bytes, 1, 150_000);
        Assert.True(totals is { Hits: > 0, Misses: > 0, Evictions: > 0 });
        Assert.Equal(cache.List(DnsName.Root).Sum(line => (long)line.Size), totals.Bytes);
        cache.Flush();
        Assert.Equal(0, cache.Totals.Bytes);

        async Task ClientAsync(Random random)
        {
            while (Environment.TickCount64 < deadline)
            {
                int number = random.Next(Names);
                DnsName name = NameOf(number);
                if (random.Next(20) == 0)
                {
                    int moment = Interlocked.Increment(ref _moment);
                    cache.Flush(name);
                    Raise(ref flushed[number], moment);
                    continue;
                }

                int least = Volatile.Read(ref flushed[number]);
                using Query query = Query.Rent();
                query.Ask(name.Span, RecordType.AAAA);
                Answer answer = (await upstreams.FindAsync(rule, query, stop))!;
                (int said, int when) = Read(answer, name);
                Assert.Equal(number, said);
                Assert.True(when >= least, $"an answer of {when} after the flush of {least}");
            }
        }
    }

    private static DnsName NameOf(int number) => DnsName.Parse($"name{number}.example.com");

    private static void Raise(ref int value, int to)
    {
        for (int seen = Volatile.Read(ref value); seen < to;)
        {
            int other = Interlocked.CompareExchange(ref value, to, seen);
            if (other == seen) return;
            seen = other;
        }
    }

    private static (int Number, int Moment) Read(Answer answer, DnsName name)
    {
        AnswerRecords records = answer.ReadRecords(name.Span, new byte[AnswerRecords.Room]);
        Assert.True(records.MoveNext());
        return (BinaryPrimitives.ReadInt32BigEndian(records.Data), BinaryPrimitives.ReadInt32BigEndian(records.Data[4..]));
    }

    /// <summary>Takes its time now and then, so that questions overtake each other.</summary>
    private async ValueTask<Answer> AskAsync(ForwardRule rule, UpstreamQuestion question, CancellationToken cancellationToken)
    {
        int moment = Volatile.Read(ref _moment);
        byte[] data = new byte[16];
        string label = System.Text.Encoding.ASCII.GetString(WireName.FirstLabel(question.Name.Span));
        int number = int.Parse(label["name".Length..]);
        BinaryPrimitives.WriteInt32BigEndian(data, number);
        BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(4), moment);
        if (Random.Shared.Next(3) == 0) await Task.Yield();
        if (Random.Shared.Next(30) == 0) await Task.Delay(1, cancellationToken);
        return Reply(question, data);
    }

    private static Answer Reply(UpstreamQuestion question, byte[] data)
    {
        AnswerBuilder builder = AnswerBuilder.For(question.Name.Span, RecordType.AAAA);
        builder.Add(Section.Answer, question.Name.Span, RecordType.AAAA, 300, data);
        return builder.Finish("forward", local: false);
    }
}
