using KubeDoH.Engine;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Forward.Upstreams;
using KubeDoH.Engine.Wire;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Forward;

/// <summary>A reply that comes while its try is being given up.</summary>
public class QuestionRaceTests
{
    [Fact]
    public async Task Reply_that_comes_while_its_try_is_given_up_leaves_nobody_waiting()
    {
        var time = new FakeTimeProvider();
        var options = new ForwardOptions { Servers = ["192.0.2.1", "192.0.2.2"] };
        var exchange = new CrossedExchange();
        var pool = new UpstreamPool(options, exchange, time, new Random(1));
        var question = new UpstreamQuestion(DnsName.Parse("www.example.com"), RecordType.A, false, false, false);
        using var client = new CancellationTokenSource();
        Task asking = pool.AskAsync(ForwardRules.Create(options, null, []).Default!, question, client.Token).AsTask();
        time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(2, exchange.Asked);

        await client.CancelAsync();

        Task ended = await Task.WhenAny(asking, Task.Delay(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        Assert.Same(asking, ended);
        Assert.True(asking.IsCanceled);
    }

    /// <summary>Two silent servers; giving up on the first brings the reply of the second, at that very moment.</summary>
    private sealed class CrossedExchange : IUpstreamExchange
    {
        private readonly TaskCompletionSource<UpstreamReply>[] _replies = [new(), new()];

        public int Asked { get; private set; }

        public async ValueTask<UpstreamReply> AskAsync(
            UpstreamServer server, UpstreamQuestion question, CancellationToken cancellationToken)
        {
            int own = Asked++;
            using CancellationTokenRegistration given = cancellationToken.Register(() =>
            {
                _replies[1 - own].TrySetResult(new UpstreamReply(UpstreamFailure.NetworkError));
                _replies[own].TrySetResult(new UpstreamReply(UpstreamFailure.TimedOut));
            });
            return await _replies[own].Task.ConfigureAwait(false);
        }
    }
}
