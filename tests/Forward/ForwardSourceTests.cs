using KubeDoH.Engine;
using KubeDoH.Engine.Forward.Upstreams;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Fakes;

namespace KubeDoH.Tests.Forward;

public class ForwardSourceTests
{
    private const string Name = "www.example.com";
    private const string ZoneSoa = "example.com. 300 SOA ns.example.com. admin.example.com. 1 3600 600 86400 300";
    private const string RootSoa = ". 86400 SOA a.root-servers.net. nstld.verisign-grs.com. 1 1800 900 604800 86400";
    private static readonly string[] True = ["www.example.com. 300 A 192.0.2.53"];
    private static readonly TimeSpan Try = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData("www.example.com", RecordType.AAAA, Rcode.NoError, "www.example.com. 300 AAAA 2001:db8::53", null)]
    [InlineData("example.com", RecordType.MX, Rcode.NoError, "example.com. 300 MX 10 mail.example.com.", null)]
    [InlineData("example.com", RecordType.TXT, Rcode.NoError, "example.com. 300 TXT \"v=spf1 -all\"", null)]
    [InlineData("alias.example.com", RecordType.CNAME, Rcode.NoError, "alias.example.com. 300 CNAME www.example.com.", null)]
    [InlineData("www.example.com", RecordType.TXT, Rcode.NoError, null, ZoneSoa)]
    [InlineData("nope.example.com", RecordType.A, Rcode.NxDomain, null, ZoneSoa)]
    [InlineData("nope", RecordType.A, Rcode.NxDomain, null, RootSoa)]
    public async Task Upstream_verdict_is_the_answer(string name, RecordType type, Rcode rcode, string? record, string? soa)
    {
        await using var upstream = FakeUpstream.Start();
        Answer? answer = await new ForwardTesting(upstream.Address).FindAsync(name, type);
        Assert.Equal((rcode, "forward", false), (answer!.Rcode, answer.Source, answer.Authoritative));
        Assert.Equal(record, ForwardTesting.Records(answer, name).SingleOrDefault());
        Assert.Equal(soa, ForwardTesting.Records(answer, name, Section.Authority).SingleOrDefault());
    }

    [Fact]
    public async Task Name_without_a_rule_is_not_mine()
    {
        await using var upstream = FakeUpstream.Start();
        var testing = new ForwardTesting(new ForwardOptions { Servers = [], Rules = Rules(("example.com", upstream.Address)) });
        Assert.Null(await testing.FindAsync("example.net"));
        Assert.Equal(True, ForwardTesting.Records(await testing.FindAsync(Name), Name));
    }

    [Theory]
    [InlineData(FakeFault.ServFail)]
    [InlineData(FakeFault.Refused)]
    [InlineData(FakeFault.FormErr)]
    [InlineData(FakeFault.NotImp)]
    [InlineData(FakeFault.Garbage)]
    [InlineData(FakeFault.CutShort)]
    [InlineData(FakeFault.TrailingBytes)]
    [InlineData(FakeFault.PointerLoop)]
    public async Task Failure_of_the_first_server_leads_to_the_second(FakeFault fault)
    {
        await using var bad = FakeUpstream.Start();
        await using var good = FakeUpstream.Start();
        bad.Always(fault);
        Answer? answer = await new ForwardTesting(bad.Address, good.Address).FindAsync(Name);
        Assert.Equal(True, ForwardTesting.Records(answer, Name));
        Assert.NotEmpty(bad.Seen);
    }

    [Fact]
    public async Task Refused_port_leads_to_the_second_server()
    {
        await using var good = FakeUpstream.Start();
        Answer? answer = await new ForwardTesting(FakeUpstream.Nobody().ToString(), good.Address).FindAsync(Name);
        Assert.Equal(True, ForwardTesting.Records(answer, Name));
    }

    [Fact]
    public async Task Nxdomain_of_the_first_server_is_final()
    {
        await using var first = FakeUpstream.Start();
        await using var second = FakeUpstream.Start();
        first.Remove(Name, RecordType.A);
        first.Remove(Name, RecordType.AAAA);
        Answer? answer = await new ForwardTesting(first.Address, second.Address).FindAsync(Name);
        Assert.Equal(Rcode.NxDomain, answer!.Rcode);
        Assert.Empty(second.Seen);
    }

    [Fact]
    public async Task Silent_server_is_left_after_its_timeout()
    {
        await using var silent = FakeUpstream.Start();
        await using var good = FakeUpstream.Start();
        silent.Always(FakeFault.Drop);
        var testing = new ForwardTesting(silent.Address, good.Address);
        Task<Answer?> asking = testing.FindAsync(Name);
        await silent.NextAsync(ForwardTesting.Cancelled);
        Assert.False(asking.IsCompleted);
        testing.Time.Advance(Try);
        Assert.Equal(True, ForwardTesting.Records(await asking, Name));
    }

    [Fact]
    public async Task Lost_datagram_is_sent_again()
    {
        await using var upstream = FakeUpstream.Start();
        upstream.React(FakeFault.Drop);
        var testing = new ForwardTesting(upstream.Address);
        Task<Answer?> asking = testing.FindAsync(Name);
        await upstream.NextAsync(ForwardTesting.Cancelled);
        testing.Time.Advance(Try);
        Assert.Equal(True, ForwardTesting.Records(await asking, Name));
        Assert.Equal(2, upstream.Seen.Count);
    }

    [Fact]
    public async Task Every_server_is_asked_before_the_deadline()
    {
        await using var first = FakeUpstream.Start();
        await using var second = FakeUpstream.Start();
        await using var good = FakeUpstream.Start();
        first.Always(FakeFault.Drop);
        second.Always(FakeFault.Drop);
        var testing = new ForwardTesting(first.Address, second.Address, good.Address);
        Task<Answer?> asking = testing.FindAsync(Name);
        await first.NextAsync(ForwardTesting.Cancelled);
        testing.Time.Advance(TimeSpan.FromSeconds(1.34));
        await second.NextAsync(ForwardTesting.Cancelled);
        testing.Time.Advance(TimeSpan.FromSeconds(1.34));
        Assert.Equal(True, ForwardTesting.Records(await asking, Name));
    }

    [Fact]
    public async Task Silence_until_the_deadline_is_servfail_that_names_no_address()
    {
        await using var upstream = FakeUpstream.Start();
        upstream.Always(FakeFault.Drop);
        var testing = new ForwardTesting(upstream.Address);
        Task<Answer?> asking = testing.FindAsync(Name);
        for (int i = 0; i < 2; i++)
        {
            await upstream.NextAsync(ForwardTesting.Cancelled);
            testing.Time.Advance(Try);
        }

        Answer? answer = await asking;
        Assert.Equal((Rcode.ServFail, ExtendedErrorCode.NoReachableAuthority), (answer!.Rcode, answer.Error!.Code));
        Assert.Equal("every upstream failed: timed out", answer.Error.Text);
        Assert.Null(answer.Ttl);
    }

    [Fact]
    public async Task Failures_of_several_servers_are_all_told()
    {
        await using var refusing = FakeUpstream.Start();
        await using var failing = FakeUpstream.Start();
        refusing.Always(FakeFault.Refused);
        failing.Always(FakeFault.ServFail);
        Answer? answer = await new ForwardTesting(refusing.Address, failing.Address, FakeUpstream.Nobody().ToString()).FindAsync(Name);
        Assert.Equal("every upstream failed: REFUSED, SERVFAIL, network error", answer!.Error!.Text);
        Assert.Equal(ExtendedErrorCode.NoReachableAuthority, answer.Error.Code);
    }

    [Fact]
    public async Task Network_error_of_every_server_is_told_as_such()
    {
        Answer? answer = await new ForwardTesting(FakeUpstream.Nobody().ToString()).FindAsync(Name);
        Assert.Equal((Rcode.ServFail, ExtendedErrorCode.NetworkError), (answer!.Rcode, answer.Error!.Code));
    }

    [Fact]
    public async Task Question_over_the_limit_fails_after_a_moment_and_the_place_is_given_back()
    {
        await using var upstream = FakeUpstream.Start();
        upstream.Always(FakeFault.Hold);
        var testing = new ForwardTesting(new ForwardOptions { Servers = [upstream.Address], MaxConcurrent = 1 });
        Task<Answer?> held = testing.FindAsync(Name);
        await upstream.NextAsync(ForwardTesting.Cancelled);
        Task<Answer?> over = testing.FindAsync("example.com", RecordType.MX);
        testing.Time.Advance(QuestionRoom.Patience);
        Answer? full = await over;
        Assert.Equal((Rcode.ServFail, ExtendedErrorCode.Other), (full!.Rcode, full.Error!.Code));
        upstream.Release();
        Assert.Equal(True, ForwardTesting.Records(await held, Name));
        Assert.Equal(True, ForwardTesting.Records(await testing.FindAsync(Name), Name));
    }

    [Fact]
    public async Task Questions_at_the_same_time_get_each_their_own_answer()
    {
        await using var upstream = FakeUpstream.Start();
        for (int i = 0; i < 200; i++) upstream.Add($"n{i}.example.com", 300, "A", $"198.18.0.{i}");
        var testing = new ForwardTesting(upstream.Address);
        Answer?[] answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => testing.FindAsync($"n{i}.example.com")));
        for (int i = 0; i < 200; i++)
            Assert.Equal($"n{i}.example.com. 300 A 198.18.0.{i}", Assert.Single(ForwardTesting.Records(answers[i], $"n{i}.example.com")));
    }

    [Fact]
    public async Task Client_that_leaves_ends_the_question()
    {
        await using var upstream = FakeUpstream.Start();
        upstream.Always(FakeFault.Drop);
        using var leaves = new CancellationTokenSource();
        using Query query = Query.Rent();
        query.Ask(DnsName.Parse(Name).Span, RecordType.A);
        Task<Answer?> asking = new ForwardTesting(upstream.Address).Source.FindAsync(query, leaves.Token).AsTask();
        await upstream.NextAsync(ForwardTesting.Cancelled);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    private static Dictionary<string, IReadOnlyList<string>> Rules(params (string Suffix, string Server)[] rules) =>
        rules.ToDictionary(rule => rule.Suffix, rule => (IReadOnlyList<string>)[rule.Server]);
}
