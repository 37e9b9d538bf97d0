using KubeDoH.Engine;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Forward.Upstreams;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Forward;

/// <summary>A second server is asked beside one that is slow for its kind; and how many questions may be on their way.</summary>
public class SlowUpstreamTests
{
    private const string Name = "www.example.com";
    private static readonly string[] True = ["www.example.com. 300 A 192.0.2.53"];
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1), Patience = TimeSpan.FromSeconds(30);

    /// <summary>A server that nobody knows yet has 300 ms; one whose replies came at once has 25.</summary>
    [Theory]
    [InlineData(0, 300)]
    [InlineData(8, 25)]
    public async Task Second_server_is_asked_when_the_first_is_slow_for_its_kind_and_no_sooner(int replies, int milliseconds)
    {
        await using var slow = FakeUpstream.Start();
        await using var good = FakeUpstream.Start();
        var testing = new ForwardTesting(slow.Address, good.Address);
        for (int i = 0; i < replies; i++)
        {
            await testing.FindAsync(Name);
            await slow.NextAsync(ForwardTesting.Cancelled);
        }

        slow.Always(FakeFault.Hold);
        Task<Answer?> asking = testing.FindAsync(Name);
        await slow.NextAsync(ForwardTesting.Cancelled);
        testing.Time.Advance(TimeSpan.FromMilliseconds(milliseconds) - Moment);
        Assert.Equal(0, testing.Status(1).InFlight);

        testing.Time.Advance(Moment);

        Assert.Equal(True, ForwardTesting.Records(await asking.WaitAsync(Patience, ForwardTesting.Cancelled), Name));
        Assert.Single(good.Seen);
        slow.Release();
    }

    [Fact]
    public async Task First_server_still_wins_when_its_reply_comes_first()
    {
        await using var slow = FakeUpstream.Start();
        await using var slower = FakeUpstream.Start();
        slow.Always(FakeFault.Hold);
        slower.Always(FakeFault.Hold);
        var testing = new ForwardTesting(slow.Address, slower.Address);
        Task<Answer?> asking = testing.FindAsync(Name);
        await slow.NextAsync(ForwardTesting.Cancelled);
        testing.Time.Advance(TimeSpan.FromMilliseconds(300));
        await slower.NextAsync(ForwardTesting.Cancelled);
        slow.Release();
        Assert.Equal(True, ForwardTesting.Records(await asking.WaitAsync(Patience, ForwardTesting.Cancelled), Name));
        Assert.Equal((1L, 1L), (testing.Status(0).Counts.Answered, testing.Status(1).Counts.Overtaken));
    }

    /// <summary>
    /// Where every server is slow, asking twice would double the load: after a hundred, one question in ten may. The others wait quietly
    /// for what is due next.
    /// </summary>
    [Fact]
    public async Task Questions_that_are_all_slow_are_not_all_asked_twice()
    {
        var clock = new FakeTimeProvider();
        var time = new CountedTime(clock);
        var options = new ForwardOptions { Servers = ["192.0.2.1", "192.0.2.2"] };
        var silent = new SilentExchange();
        var pool = new UpstreamPool(options, silent, time, new Random(1));
        ForwardRule rule = ForwardRules.Create(options, null, []).Default!;
        Task<Answer>[] asking =
        [
            .. Enumerable.Range(0, 300).Select(i => pool.AskAsync(
                rule, new UpstreamQuestion(DnsName.Parse($"n{i}.example"), RecordType.A, false, false, false),
                ForwardTesting.Cancelled).AsTask()),
        ];

        clock.Advance(TimeSpan.FromMilliseconds(400));
        Assert.Equal(400, silent.Asked);
        int changes = time.Changes;
        for (int i = 0; i < 10; i++) clock.Advance(Moment);
        Assert.Equal(changes, time.Changes);
        for (int i = 0; i < 3; i++) clock.Advance(options.Timeout);
        foreach (Task<Answer> answer in asking)
            Assert.Equal(Rcode.ServFail, (await answer.WaitAsync(Patience, ForwardTesting.Cancelled)).Rcode);
    }

    [Fact]
    public async Task Queue_is_short_first_come_first_served_and_soon_over()
    {
        var time = new FakeTimeProvider();
        var room = new QuestionRoom(8, time);
        for (int i = 0; i < 8; i++) Assert.True(room.TryEnter());
        Task<bool> first = room.EnterAsync(ForwardTesting.Cancelled).AsTask(), second = room.EnterAsync(ForwardTesting.Cancelled).AsTask();

        Assert.False(await room.EnterAsync(ForwardTesting.Cancelled));
        Assert.False(first.IsCompleted || second.IsCompleted);
        room.Leave();
        Assert.True(await first.WaitAsync(Patience, ForwardTesting.Cancelled));
        time.Advance(QuestionRoom.Patience - Moment);
        Assert.False(second.IsCompleted);
        time.Advance(Moment);
        Assert.False(await second.WaitAsync(Patience, ForwardTesting.Cancelled));
        Assert.False(room.TryEnter());
        room.Leave();
        Assert.True(room.TryEnter());
    }

    /// <summary>Counts how often a timer is set anew.</summary>
    private sealed class CountedTime(TimeProvider inner) : TimeProvider
    {
        private int _changes;

        public int Changes => _changes;

        public override long TimestampFrequency => inner.TimestampFrequency;

        public override long GetTimestamp() => inner.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new CountedTimer(this, inner.CreateTimer(callback, state, dueTime, period));

        private sealed class CountedTimer(CountedTime time, ITimer inner) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                Interlocked.Increment(ref time._changes);
                return inner.Change(dueTime, period);
            }

            public void Dispose() => inner.Dispose();

            public ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }

    private sealed class SilentExchange : IUpstreamExchange
    {
        private int _asked;

        public int Asked => _asked;

        public async ValueTask<UpstreamReply> AskAsync(
            UpstreamServer server, UpstreamQuestion question, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using (cancellationToken.Register(ended.SetResult)) await ended.Task;
            return new UpstreamReply(UpstreamFailure.TimedOut);
        }
    }
}
