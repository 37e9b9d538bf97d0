using KubeDoH.Engine;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Forward.Upstreams;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Forward;

public class UpstreamHealthTests
{
    private const string Name = "www.example.com";
    private static readonly string[] True = ["www.example.com. 300 A 192.0.2.53"];

    [Fact]
    public async Task Server_that_keeps_failing_is_left_out_and_found_again_by_a_probe()
    {
        await using var bad = FakeUpstream.Start();
        await using var good = FakeUpstream.Start();
        bad.Always(FakeFault.Runt, FakeFault.Garbage);
        var testing = new ForwardTesting($"tcp://{bad.Address}", good.Address);
        for (int i = 0; i < 10; i++) Assert.Equal(True, ForwardTesting.Records(await testing.FindAsync(Name), Name));
        Assert.Equal(3, bad.Seen.Count);
        Assert.Equal((UpstreamState.Down, 3L), (testing.Status(0).State, testing.Status(0).Counts.Malformed));
        Assert.NotNull(testing.Status(0).DownUntil);

        bad.Always(FakeFault.None);
        testing.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(True, ForwardTesting.Records(await testing.FindAsync(Name), Name));
        Assert.True(SpinWait.SpinUntil(() => testing.Status(0).State == UpstreamState.Healthy, TimeSpan.FromSeconds(30)));
        int asked = good.Seen.Count;
        await testing.FindAsync(Name);
        Assert.Equal(asked, good.Seen.Count);
    }

    [Fact]
    public async Task Servfail_that_another_server_answers_takes_the_server_down_in_time()
    {
        await using var bad = FakeUpstream.Start();
        await using var good = FakeUpstream.Start();
        bad.Always(FakeFault.ServFail);
        var testing = new ForwardTesting(bad.Address, good.Address);
        for (int i = 0; i < 20; i++) Assert.Equal(True, ForwardTesting.Records(await testing.FindAsync(Name), Name));
        Assert.Equal(5, bad.Seen.Count);
        Assert.Equal((UpstreamState.Down, 5L), (testing.Status(0).State, testing.Status(0).Counts.ServFail));
    }

    [Fact]
    public async Task Servfail_of_every_server_is_the_names_own_fault()
    {
        await using var one = FakeUpstream.Start();
        await using var other = FakeUpstream.Start();
        one.Always(FakeFault.ServFail);
        other.Always(FakeFault.ServFail);
        var testing = new ForwardTesting(one.Address, other.Address);
        for (int i = 0; i < 20; i++) await testing.FindAsync(Name);
        Assert.Equal((20, 20), (one.Seen.Count, other.Seen.Count));
    }

    [Fact]
    public async Task Servers_that_are_all_down_are_not_hammered_and_found_again()
    {
        await using var only = FakeUpstream.Start();
        only.Always(FakeFault.Runt);
        var testing = new ForwardTesting($"tcp://{only.Address}");
        for (int i = 0; i < 50; i++) Assert.Equal(Rcode.ServFail, (await testing.FindAsync(Name))!.Rcode);
        Assert.InRange(only.Seen.Count, 3, 4);
        Assert.Equal(UpstreamFailures.AllDown, await testing.FindAsync(Name));
        only.Always(FakeFault.None);
        testing.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(True, ForwardTesting.Records(await testing.FindAsync(Name), Name));
    }

    [Fact]
    public void Pause_of_a_server_that_stays_down_doubles_to_a_minute_with_one_probe_behind_each()
    {
        var time = new FakeTimeProvider();
        var health = new UpstreamHealth(time, new Random(1));
        for (int round = 0; round < 2; round++)
        {
            health.Failed("planted");
            health.Failed("planted");
            Assert.False(health.IsDown);
            health.Failed("planted");
            foreach (int seconds in (int[])[1, 2, 4, 8, 16, 32, 60, 60])
            {
                TimeSpan pause = health.Read().DownUntil!.Value - time.GetUtcNow();
                Assert.InRange(pause.TotalSeconds, 0.79 * seconds, 1.21 * seconds);
                health.Failed("a straggler");
                time.Advance(pause - TimeSpan.FromMilliseconds(1));
                Assert.False(health.TryBeginProbe());
                time.Advance(TimeSpan.FromMilliseconds(2));
                Assert.True(health.TryBeginProbe());
                Assert.False(health.TryBeginProbe());
                health.Failed("planted");
            }

            health.Succeeded();
            Assert.Equal(UpstreamState.Healthy, health.Read().State);
            time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task Random_asks_each_now_and_then()
    {
        await using var one = FakeUpstream.Start();
        await using var other = FakeUpstream.Start();
        var testing = new ForwardTesting(new ForwardOptions { Servers = [one.Address, other.Address], Policy = ForwardPolicy.Random });
        for (int i = 0; i < 40; i++) await testing.FindAsync(Name);
        Assert.Equal(40, one.Seen.Count + other.Seen.Count);
        Assert.InRange(one.Seen.Count, 8, 32);
    }

    [Fact]
    public async Task Round_robin_asks_each_in_turn()
    {
        await using var one = FakeUpstream.Start();
        await using var other = FakeUpstream.Start();
        var testing = new ForwardTesting(new ForwardOptions { Servers = [one.Address, other.Address], Policy = ForwardPolicy.RoundRobin });
        for (int i = 0; i < 10; i++) await testing.FindAsync(Name);
        Assert.Equal((5, 5), (one.Seen.Count, other.Seen.Count));
    }

    [Fact]
    public async Task Question_that_comes_back_is_a_loop_and_its_server_is_not_asked()
    {
        var options = new ForwardOptions { Servers = ["192.0.2.1"] };
        ForwardRules rules = ForwardRules.Create(options, null, []);
        var time = new FakeTimeProvider();
        var circle = new Circle();
        var pool = new UpstreamPool(options, circle, time, new Random(1));
        var cache = new AnswerCache(new CacheOptions { Size = 0 }, time);
        circle.Source = new ForwardSource(() => rules, pool, new CachedUpstreams(cache, pool.AskAsync, options.Deadline, time));
        var log = new LogLines();
        var watch = new LoopWatch(pool, () => rules, circle, options.Timeout, time, new LogLines<LoopWatch>(log));

        await watch.LookAsync(rules, ForwardTesting.Cancelled);
        Assert.Equal(UpstreamState.Looping, Assert.Single(pool.Read(rules)).State);
        Assert.Equal(
            "Error: Forward: loop: 192.0.2.1:53 sends the questions of the rule for . back to this service; it is not asked while "
            + "that is so",
            Assert.Single(log.All));
        using Query query = Query.Rent();
        query.Ask(DnsName.Parse(Name).Span, RecordType.A);
        Assert.Equal(UpstreamFailures.Loop, await circle.Source.FindAsync(query, ForwardTesting.Cancelled));
        Assert.Equal(1, circle.Asked);

        circle.Source = null;
        await watch.LookAsync(rules, ForwardTesting.Cancelled);
        Assert.Equal(UpstreamState.Healthy, Assert.Single(pool.Read(rules)).State);
    }

    /// <summary>Somebody may close the circle while this service runs: the servers then fail, and are looked at again soon.</summary>
    [Fact]
    public async Task Loop_that_is_made_later_is_found_when_its_server_fails()
    {
        var options = new ForwardOptions { Servers = ["192.0.2.1"] };
        ForwardRules rules = ForwardRules.Create(options, null, []);
        var time = new FakeTimeProvider();
        var circle = new Circle();
        var pool = new UpstreamPool(options, circle, time, new Random(1));
        var source = new ForwardSource(
            () => rules, pool, new CachedUpstreams(
                new AnswerCache(new CacheOptions { Size = 0 }, time), pool.AskAsync, options.Deadline, time));
        var watch = new LoopWatch(pool, () => rules, circle, options.Timeout, time, NullLogger<LoopWatch>.Instance);
        using var stop = new CancellationTokenSource();
        Task running = watch.RunAsync(stop.Token);
        await AdvanceUntilAsync(time, TimeSpan.FromSeconds(2), () => circle.Asked == 1);
        await AdvanceUntilAsync(time, TimeSpan.FromSeconds(30), () => true);
        Assert.Equal((1, UpstreamState.Healthy), (circle.Asked, Assert.Single(pool.Read(rules)).State));

        circle.Source = source;
        using Query query = Query.Rent();
        query.Ask(DnsName.Parse(Name).Span, RecordType.A);
        Task<Answer?> asking = source.FindAsync(query, ForwardTesting.Cancelled).AsTask();
        await AdvanceUntilAsync(time, options.Timeout, () => pool.Read(rules)[0].State == UpstreamState.Suspect);
        await AdvanceUntilAsync(time, TimeSpan.FromSeconds(30), () => pool.Read(rules)[0].State == UpstreamState.Looping);
        Assert.Equal(Rcode.ServFail, (await asking.WaitAsync(TimeSpan.FromSeconds(20), ForwardTesting.Cancelled))!.Rcode);
        await stop.CancelAsync();
        await running;
    }

    private static async Task AdvanceUntilAsync(FakeTimeProvider time, TimeSpan span, Func<bool> isSo)
    {
        time.Advance(span);
        Assert.True(SpinWait.SpinUntil(isSo, TimeSpan.FromSeconds(20)));
        await Task.Yield();
    }

    /// <summary>A server that pods ask too is one server, with one health.</summary>
    [Fact]
    public void Servers_of_pods_are_listed_with_those_of_the_rules()
    {
        var options = new ForwardOptions { Servers = ["192.0.2.1"] };
        ForwardRules rules = ForwardRules.Create(options, null, []);
        var pool = new UpstreamPool(options, new Circle(), new FakeTimeProvider(), new Random(1));
        var own = new ViewUpstreams([System.Net.IPAddress.Parse("192.0.2.1"), System.Net.IPAddress.Parse("192.0.2.2")]);

        ForwardRule rule = pool.RuleOf(own);

        Assert.Same(rule, pool.RuleOf(own));
        Assert.Equal(
            ["192.0.2.1:53: . pods", "192.0.2.2:53: pods"],
            pool.Read(rules).Select(status => $"{status.Address}: {string.Join(' ', status.Rules)}").Order());
        Upstream known = pool.Of(rule.Servers[1]);
        pool.Read(rules);
        Assert.Same(known, pool.Of(rule.Servers[1]));
        GC.KeepAlive(own);
    }

    [Fact]
    public void Quantiles_are_right_to_a_fifth()
    {
        var histogram = new RttHistogram();
        Assert.Null(histogram.Read());
        for (int i = 1; i <= 100; i++) histogram.Add(TimeSpan.FromMilliseconds(i));
        RttQuantiles read = histogram.Read()!;
        Assert.InRange(read.P50.TotalMilliseconds, 50, 62);
        Assert.InRange(read.P90.TotalMilliseconds, 90, 113);
        Assert.InRange(read.P99.TotalMilliseconds, 99, 124);
    }

    /// <summary>A server that asks this service what it is asked.</summary>
    private sealed class Circle : IUpstreamExchange
    {
        public ForwardSource? Source { get; set; }

        public int Asked { get; private set; }

        public async ValueTask<UpstreamReply> AskAsync(
            UpstreamServer server, UpstreamQuestion question, CancellationToken cancellationToken)
        {
            Asked++;
            using Query query = Query.Rent();
            query.Ask(question.Name.Span, question.Type);
            if (Source is not null) await Source.FindAsync(query, cancellationToken);
            return new UpstreamReply(UpstreamFailure.NetworkError);
        }
    }
}
