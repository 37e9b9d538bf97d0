using System.Net;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Forward.Exchanges;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Fakes;

namespace KubeDoH.Tests.Forward;

public class ClassicExchangeTests
{
    private static readonly string[] True = ["www.example.com. 300 A 192.0.2.53"];

    [Theory]
    [InlineData(FakeFault.WrongId)]
    [InlineData(FakeFault.WrongName)]
    [InlineData(FakeFault.WrongType)]
    [InlineData(FakeFault.WrongClass)]
    [InlineData(FakeFault.WrongPort)]
    [InlineData(FakeFault.WrongAddress)]
    [InlineData(FakeFault.AsQuestion)]
    [InlineData(FakeFault.Runt)]
    public async Task Forged_datagram_is_passed_over_and_the_true_one_is_taken(FakeFault forgery)
    {
        await using var upstream = FakeUpstream.Start();
        upstream.React(forgery, forgery, FakeFault.None);
        Answer? answer = await new ForwardTesting(upstream.Address).FindAsync("www.example.com");
        Assert.Equal(True, ForwardTesting.Records(answer, "www.example.com"));
        Assert.Single(upstream.Seen);
    }

    [Fact]
    public async Task Forgery_alone_ends_in_a_timeout()
    {
        await using var upstream = FakeUpstream.Start();
        upstream.Always(FakeFault.WrongId, FakeFault.WrongPort, FakeFault.WrongAddress, FakeFault.WrongName);
        using var tryEnds = new CancellationTokenSource();
        ValueTask<UpstreamReply> asking = AskAsync(upstream.EndPoint, tryEnds.Token);
        await upstream.NextAsync(ForwardTesting.Cancelled);
        await tryEnds.CancelAsync();
        Assert.Equal(UpstreamFailure.TimedOut, (await asking).Failure);
    }

    [Fact]
    public async Task Name_goes_out_in_a_case_of_chance()
    {
        await using var upstream = FakeUpstream.Start();
        var testing = new ForwardTesting(upstream.Address);
        for (int i = 0; i < 20; i++)
            Assert.Equal(True, ForwardTesting.Records(await testing.FindAsync("WWW.Example.COM"), "www.example.com"));

        // Thirteen letters: 8192 spellings.
        Assert.True(upstream.Seen.Select(question => Convert.ToHexString(question.NameBytes)).Distinct().Count() > 15);
    }

    [Fact]
    public async Task Name_in_another_case_is_not_believed_and_asked_again_in_lower_case()
    {
        await using var upstream = FakeUpstream.Start();
        byte[] lower = DnsName.Parse("www.example.com").Span.ToArray();
        var testing = new ForwardTesting(upstream.Address);
        for (int i = 0; i < 2; i++)
        {
            upstream.React(FakeFault.WrongCase);
            Assert.Equal(True, ForwardTesting.Records(await testing.FindAsync("www.example.com"), "www.example.com"));
            Assert.Equal(lower, upstream.Seen[^1].NameBytes);
        }

        Assert.Equal(4, upstream.Seen.Count);
        Assert.Equal(True, ForwardTesting.Records(await testing.FindAsync("www.example.com"), "www.example.com"));
        Assert.Equal(5, upstream.Seen.Count);
        Assert.Equal(lower, upstream.Seen[^1].NameBytes);
    }

    [Fact]
    public async Task Question_given_up_after_it_was_asked_again_in_lower_case_has_timed_out()
    {
        await using var upstream = FakeUpstream.Start();
        upstream.React(FakeFault.WrongCase);
        upstream.Always(FakeFault.Drop);
        using var tryEnds = new CancellationTokenSource();
        ValueTask<UpstreamReply> asking = AskAsync(upstream.EndPoint, tryEnds.Token);
        await upstream.NextAsync(ForwardTesting.Cancelled);
        await upstream.NextAsync(ForwardTesting.Cancelled);
        await tryEnds.CancelAsync();
        Assert.Equal(UpstreamFailure.TimedOut, (await asking).Failure);
    }

    [Theory]
    [InlineData(FakeFault.None)]
    [InlineData(FakeFault.Split)]
    public async Task Truncated_reply_is_asked_for_again_over_tcp(FakeFault overTcp)
    {
        await using var upstream = FakeUpstream.Start();
        upstream.Add("big.example.com", 300, "A", [.. Enumerable.Range(0, 2000).Select(i => $"198.18.{i / 250}.{i % 250}")]);
        upstream.React(FakeFault.Truncate);
        upstream.React(overTcp);
        Answer? answer = await new ForwardTesting(upstream.Address).FindAsync("big.example.com");
        Assert.Equal(2000, answer!.AnswerCount);
        Assert.Equal([false, true], upstream.Seen.Select(question => question.OverTcp));
    }

    [Theory]
    [InlineData(FakeFault.CloseMidway, UpstreamFailure.NetworkError)]
    [InlineData(FakeFault.WrongId, UpstreamFailure.Malformed)]
    [InlineData(FakeFault.WrongName, UpstreamFailure.Malformed)]
    [InlineData(FakeFault.Runt, UpstreamFailure.Malformed)]
    public async Task Fault_on_a_connection_fails_the_try(FakeFault overTcp, object failure)
    {
        await using var upstream = FakeUpstream.Start();
        upstream.React(FakeFault.Truncate);
        upstream.React(overTcp);
        Assert.Equal(failure, (await AskAsync(upstream.EndPoint, ForwardTesting.Cancelled)).Failure);
    }

    [Theory]
    [InlineData(FakeFault.BareFormErrToEdns)]
    [InlineData(FakeFault.FormErr)]
    [InlineData(FakeFault.NotImp)]
    public async Task Server_that_refuses_edns_is_asked_once_without(FakeFault refusal)
    {
        await using var upstream = FakeUpstream.Start();
        upstream.React(refusal);
        Answer? answer = await new ForwardTesting(upstream.Address).FindAsync("www.example.com");
        Assert.Equal(True, ForwardTesting.Records(answer, "www.example.com"));
        Assert.Equal([true, false], upstream.Seen.Select(question => question.HasEdns));
    }

    [Fact]
    public async Task Server_with_an_ipv6_address_is_asked_over_both_transports()
    {
        await using var upstream = FakeUpstream.Start(address: IPAddress.IPv6Loopback);
        upstream.React(FakeFault.Truncate);
        Answer? answer = await new ForwardTesting(upstream.Address).FindAsync("www.example.com");
        Assert.Equal(True, ForwardTesting.Records(answer, "www.example.com"));
    }

    [Fact]
    public async Task Port_without_a_listener_is_a_network_error_at_once() =>
        Assert.Equal(UpstreamFailure.NetworkError, (await AskAsync(FakeUpstream.Nobody(), ForwardTesting.Cancelled)).Failure);

    [Fact]
    public async Task Address_that_nothing_can_be_sent_to_is_a_network_error()
    {
        UpstreamReply reply = await AskAsync(IPEndPoint.Parse("255.255.255.255:53"), ForwardTesting.Cancelled);
        Assert.Equal(UpstreamFailure.NetworkError, reply.Failure);
    }

    private static ValueTask<UpstreamReply> AskAsync(IPEndPoint server, CancellationToken tryEnds) =>
        new TransportExchange(ServerTrust.System, TimeProvider.System).AskAsync(
        new UpstreamServer(server), new UpstreamQuestion(DnsName.Parse("www.example.com"), RecordType.A, false, false, false), tryEnds);
}
