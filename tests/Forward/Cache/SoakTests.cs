using System.Collections.Concurrent;
using System.Diagnostics;
using KubeDoH.Engine;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Forward.Exchanges;
using KubeDoH.Engine.Forward.Upstreams;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Fakes;

namespace KubeDoH.Tests.Forward.Cache;

/// <summary>
/// Upstreams that fail and return at random under load: no wrong answer, no question that hangs, memory that does not grow.
/// <c>tests/soak [seconds]</c> runs it for long (600 seconds); without it for ten.
/// </summary>
[Collection(nameof(HeapAlone))]
public class SoakTests(ITestOutputHelper output)
{
    private const int Names = 300, Clients = 24;

    /// <summary>Deadline, and what a busy machine may add to it.</summary>
    private static readonly TimeSpan Hung = TimeSpan.FromSeconds(15);

    private static readonly FakeFault[] Faults =
    [
        FakeFault.None, FakeFault.None, FakeFault.None, FakeFault.Drop, FakeFault.ServFail, FakeFault.Refused, FakeFault.Truncate,
        FakeFault.WrongId, FakeFault.WrongName, FakeFault.WrongPort, FakeFault.WrongAddress, FakeFault.Oversize, FakeFault.Garbage,
        FakeFault.CutShort, FakeFault.Runt,
        FakeFault.PointerLoop, FakeFault.AsQuestion, FakeFault.CloseMidway,
    ];

    private readonly ConcurrentDictionary<string, int> _verdicts = new();
    private readonly ConcurrentQueue<string> _wrong = new();

    [Fact]
    public async Task Upstreams_that_fail_and_return_at_random()
    {
        int seconds = int.TryParse(Environment.GetEnvironmentVariable("KUBEDOH_SOAK"), out int given) ? given : 10;
        using var run = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        FakeUpstream[] upstreams = [.. Enumerable.Range(0, 3).Select(_ => Start())];
        try
        {
            var options = new ForwardOptions
            {
                Servers = [upstreams[0].Address, $"tcp://{upstreams[1].Address}", upstreams[2].Address],
                Timeout = TimeSpan.FromMilliseconds(200),
                Deadline = TimeSpan.FromSeconds(1),
            };
            ForwardRules rules = ForwardRules.Create(options, null, []);
            using var cache = new AnswerCache(
                new CacheOptions { Size = 60_000, FailureTtl = 1, ServeStale = TimeSpan.FromSeconds(5) }, TimeProvider.System);
            using var exchange = new TransportExchange(ServerTrust.System, TimeProvider.System);
            var pool = new UpstreamPool(options, exchange, TimeProvider.System, new Random(1));
            var source = new ForwardSource(
                () => rules, pool, new CachedUpstreams(cache, pool.AskAsync, options.Deadline, TimeProvider.System));
            var resolver = new AliasChaser(new SourceChain([source]));

            long end = Environment.TickCount64 + (seconds * 1000L);
            Task trouble = TroubleAsync(upstreams, cache, end);
            Task<(long, long)> memory = WatchMemoryAsync(end);
            await Task.WhenAll(Enumerable.Range(0, Clients).Select(seed => ClientAsync(resolver, seed, end, run.Token)));
            await trouble;
            (long early, long late) = await memory;

            string verdicts = string.Join(", ", _verdicts.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} {pair.Value}"));
            output.WriteLine($"{seconds} s, {_verdicts.Values.Sum()} questions: {verdicts}");
            output.WriteLine($"{cache.Totals}");
            output.WriteLine($"memory {early >> 10} KiB early, {late >> 10} KiB late");
            Assert.Empty(_wrong);
            Assert.True(_verdicts.GetValueOrDefault("right") > 100 * seconds / 10);
            Assert.InRange(cache.Totals.Bytes, 0, 60_000);
            Assert.True(late < early + (8 << 20), "memory grows");
        }
        finally
        {
            foreach (FakeUpstream upstream in upstreams) await upstream.DisposeAsync();
        }
    }

    /// <summary>Every tenth name does not exist; an address is its name's number.</summary>
    private static FakeUpstream Start()
    {
        FakeUpstream upstream = FakeUpstream.Start(recordedZone: false);
        upstream.Remembers = false;
        upstream.Add("soak.example", 2, "SOA", "ns.soak.example. admin.soak.example. 1 3600 600 86400 2");
        for (int i = 0; i < Names; i++)
        {
            if (i % 10 == 1) upstream.Add($"n{i}.soak.example", (uint)(1 + (i % 3)), "CNAME", $"n{i + 1}.soak.example.");
            else if (i % 10 != 0) upstream.Add($"n{i}.soak.example", (uint)(1 + (i % 3)), "A", AddressOf(i));
        }

        return upstream;
    }

    private static string AddressOf(int number) => $"10.9.{number >> 8}.{number & 255}";

    /// <summary>Now and then another upstream gets another fault, or all of them at once, and a name is flushed.</summary>
    private static async Task TroubleAsync(FakeUpstream[] upstreams, AnswerCache cache, long end)
    {
        var random = new Random(1);
        while (Environment.TickCount64 < end)
        {
            FakeFault fault = Faults[random.Next(Faults.Length)];
            if (random.Next(8) == 0) foreach (FakeUpstream upstream in upstreams) upstream.Always(fault);
            else upstreams[random.Next(upstreams.Length)].Always(fault);
            if (random.Next(5) == 0) cache.Flush(DnsName.Parse($"n{random.Next(Names)}.soak.example"));
            await Task.Delay(random.Next(20, 400));
        }
    }

    /// <summary>Bytes after a third of the time, and at the end.</summary>
    private static async Task<(long Early, long Late)> WatchMemoryAsync(long end)
    {
        await Task.Delay((int)((end - Environment.TickCount64) / 3));
        long early = GC.GetTotalMemory(forceFullCollection: true);
        await Task.Delay((int)Math.Max(0, end - Environment.TickCount64 - 200));
        return (early, GC.GetTotalMemory(forceFullCollection: true));
    }

    private async Task ClientAsync(IResolver resolver, int seed, long end, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        var zipf = new Zipf(Names, random);
        while (Environment.TickCount64 < end)
        {
            int number = zipf.Next();
            using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            if (random.Next(50) == 0) leaving.CancelAfter(random.Next(1, 100));
            long start = Stopwatch.GetTimestamp();
            try
            {
                using Query query = Query.Rent();
                query.Ask(DnsName.Parse($"n{number}.soak.example").Span, RecordType.A);
                Answer answer = await resolver.ResolveAsync(query, leaving.Token).AsTask().WaitAsync(Hung, cancellationToken);
                Judge(number, answer);
            }
            catch (OperationCanceledException) when (leaving.IsCancellationRequested)
            {
                Count("left");
            }
            catch (TimeoutException)
            {
                _wrong.Enqueue($"n{number} hung for {Stopwatch.GetElapsedTime(start)}");
                return;
            }

            await Task.Delay(random.Next(1, 10), cancellationToken);
        }
    }

    private void Judge(int number, Answer answer)
    {
        string name = $"n{number}.soak.example";
        string said = string.Join(", ", ForwardTesting.Records(answer, name).Select(record => string.Join(' ', record.Split(' ').Skip(2))));
        int target = number % 10 == 1 ? number + 1 : number;
        string address = $"A {AddressOf(target)}";
        string right = number % 10 == 0 ? "" : number == target ? address : $"CNAME n{target}.soak.example., {address}";
        Rcode expected = number % 10 == 0 ? Rcode.NxDomain : Rcode.NoError;
        if (answer.Rcode == Rcode.ServFail) Count($"failed ({(int?)answer.Error?.Code})");
        else if (answer.Rcode != expected || said != right) _wrong.Enqueue($"{name}: {answer.Rcode} {said}");
        else Count(answer.Error is null ? "right" : "right and stale");
    }

    private void Count(string verdict) => _verdicts.AddOrUpdate(verdict, 1, static (_, count) => count + 1);
}
