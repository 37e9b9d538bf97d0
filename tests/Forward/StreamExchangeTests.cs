using KubeDoH.Engine;
using KubeDoH.Engine.Forward.Exchanges;
using KubeDoH.Engine.Resolution;
using KubeDoH.Tests.Fakes;

namespace KubeDoH.Tests.Forward;

/// <summary>
/// One connection for many questions: kept while it is used, replies in any order, opened anew when the server has closed it.
/// </summary>
public class StreamExchangeTests
{
    private const string Name = "www.example.com";
    private static readonly string[] True = ["www.example.com. 300 A 192.0.2.53"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reply_overtakes_the_one_of_an_earlier_question(bool tls)
    {
        await using var upstream = FakeUpstream.Start();
        await using FakeFront front = await FakeFront.StartAsync(upstream);
        upstream.Add("slow.example.com", 300, "A", "192.0.2.1");
        ForwardTesting testing = Testing(tls ? front.TlsAddress : $"tcp://{upstream.Address}");
        upstream.React(FakeFault.Hold);
        Task<Answer?> slow = testing.FindAsync("slow.example.com");
        await upstream.NextAsync(ForwardTesting.Cancelled);

        Answer? fast = await testing.FindAsync(Name).WaitAsync(Patience, ForwardTesting.Cancelled);

        Assert.Equal(True, ForwardTesting.Records(fast, Name));
        Assert.False(slow.IsCompleted);
        upstream.Release();
        Assert.Equal(["slow.example.com. 300 A 192.0.2.1"], ForwardTesting.Records(
            await slow.WaitAsync(Patience, ForwardTesting.Cancelled), "slow.example.com"));
        Assert.Single(upstream.Seen.Select(question => question.FromPort).Distinct());
    }

    [Fact]
    public async Task Connection_is_kept_between_questions_until_nobody_asks_for_a_while()
    {
        await using var upstream = FakeUpstream.Start();
        ForwardTesting testing = Testing($"tcp://{upstream.Address}");
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(True, ForwardTesting.Records(await testing.FindAsync(Name), Name));
            testing.Time.Advance(StreamConnection.IdleTime - TimeSpan.FromSeconds(1));
        }

        Assert.Single(Ports(upstream));
        testing.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(True, ForwardTesting.Records(await testing.FindAsync(Name), Name));
        Assert.Equal(2, Ports(upstream).Length);
    }

    /// <summary>
    /// The server may close while a question is on its way: it is asked once more over a new connection (RFC 7766 6.2.4).
    /// </summary>
    [Fact]
    public async Task Question_on_a_connection_that_the_server_closes_is_asked_over_another()
    {
        await using var upstream = FakeUpstream.Start();
        ForwardTesting testing = Testing($"tcp://{upstream.Address}");
        await testing.FindAsync(Name);
        upstream.React(FakeFault.CloseMidway);
        Assert.Equal(True, ForwardTesting.Records(await testing.FindAsync(Name), Name));
        Assert.Equal((3, 2), (upstream.Seen.Count, Ports(upstream).Length));
    }

    private static int[] Ports(FakeUpstream upstream) => [.. upstream.Seen.Select(question => question.FromPort).Distinct()];

    private static ForwardTesting Testing(string server) => new(new ForwardOptions { Servers = [server] }, FakeFront.Trust);
}
