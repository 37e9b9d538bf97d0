using KubeDoH.Engine;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Forward.Upstreams;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Forward;

/// <summary>A timer of a question that is over may still be going off when the next one takes it.</summary>
public sealed class RunClockTests
{
    private const int Questions = 300_000;

    [Fact]
    public async Task Clock_that_goes_off_while_a_question_begins_does_no_harm()
    {
        var time = new FakeTimeProvider();
        var options = new ForwardOptions { Servers = ["192.0.2.1", "192.0.2.2"] };
        ForwardRule rule = ForwardRules.Create(options, null, []).Default!;
        var pool = new UpstreamPool(options, new FailingExchange(), time, new Random(1));
        var question = new UpstreamQuestion(DnsName.Parse("www.example.com"), RecordType.A, false, false, false);
        bool over = false;
        Task advancing = Task.Run(
            () =>
            {
                while (!Volatile.Read(ref over)) time.Advance(TimeSpan.FromMilliseconds(300));
            },
            TestContext.Current.CancellationToken);

        try
        {
            for (int i = 0; i < Questions && !advancing.IsCompleted; i++)
            {
                Answer answer = await pool.AskAsync(rule, question, TestContext.Current.CancellationToken).AsTask()
                    .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
                Assert.Equal(Rcode.ServFail, answer.Rcode);
            }
        }
        finally
        {
            Volatile.Write(ref over, true);
        }

        await advancing;
    }

    private sealed class FailingExchange : IUpstreamExchange
    {
        public ValueTask<UpstreamReply> AskAsync(
            UpstreamServer server, UpstreamQuestion question, CancellationToken cancellationToken) =>
            new(new UpstreamReply(UpstreamFailure.NetworkError));
    }
}
