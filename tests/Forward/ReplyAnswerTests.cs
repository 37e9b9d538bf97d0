using KubeDoH.Engine;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Forward.Exchanges;
using KubeDoH.Engine.Forward.Upstreams;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Forward;

/// <summary>What of a reply is believed.</summary>
public class ReplyAnswerTests
{
    private const string Name = "www.example.com";

    private static readonly FakeRecord Soa =
        FakeRecord.Of("example.com", 300, "SOA", "ns.example.com. admin.example.com. 1 3600 600 86400 60");
    private static readonly FakeRecord Own = FakeRecord.Of(Name, 300, "A", "192.0.2.53");
    private static readonly FakeRecord Alien = FakeRecord.Of("bank.test", 300, "A", "203.0.113.66");

    [Fact]
    public async Task Records_of_other_names_and_types_are_dropped()
    {
        Answer answer = await AskAsync(new FakeReply
        {
            Answer = [Alien, Own, FakeRecord.Of(Name, 300, "TXT", "x"), Own with { Class = RecordClass.Chaos }],
            Authority =
            [
                Alien, FakeRecord.Of("test", 300, "NS", "ns.bank.test."), FakeRecord.Of("example.com", 300, "NS", "ns.example.com."),
            ],
            Additional = [Alien, FakeRecord.Of("ns.example.com", 300, "A", "203.0.113.66")],
        });
        Assert.Equal(["www.example.com. 300 A 192.0.2.53"], ForwardTesting.Records(answer, Name));
        Assert.Equal(["example.com. 300 NS ns.example.com."], ForwardTesting.Records(answer, Name, Section.Authority));
        Assert.Empty(ForwardTesting.Records(answer, Name, Section.Additional));
        Assert.False(answer.Authoritative);
        Assert.False(answer.Exists);
    }

    [Fact]
    public async Task Reply_about_other_names_only_is_a_failed_try()
    {
        Answer answer = await AskAsync(new FakeReply { Answer = [Alien], Authority = [Soa] });
        Assert.Equal(Rcode.ServFail, answer.Rcode);
        Assert.Equal("every upstream failed: reply to another question", answer.Error!.Text);
    }

    [Fact]
    public async Task Chain_is_kept_in_its_order_whatever_the_order_sent()
    {
        Answer answer = await AskAsync(new FakeReply
        {
            Answer =
            [
                FakeRecord.Of("c.test", 30, "A", "192.0.2.1"),
                FakeRecord.Of("b.test", 20, "CNAME", "c.test."),
                FakeRecord.Of("d.test", 30, "A", "203.0.113.66"),
                FakeRecord.Of(Name, 10, "CNAME", "b.test."),
            ],
        });
        Assert.Equal(
            ["www.example.com. 10 CNAME b.test.", "b.test. 20 CNAME c.test.", "c.test. 30 A 192.0.2.1"],
            ForwardTesting.Records(answer, Name));
        Assert.Equal(10u, answer.Ttl);
    }

    [Fact]
    public async Task Dname_stays_with_the_alias_that_it_made()
    {
        Answer answer = await AskAsync(new FakeReply
        {
            Answer =
            [
                FakeRecord.Of("example.com", 300, "DNAME", "example.net."), FakeRecord.Of("test", 300, "DNAME", "example.net."),
                FakeRecord.Of("com", 300, "DNAME", "bank.test."), FakeRecord.Of(Name, 300, "DNAME", "bank.test."),
                FakeRecord.Of(Name, 300, "CNAME", "www.example.net."), FakeRecord.Of("www.example.net", 300, "A", "192.0.2.7"),
            ],
        });
        Assert.Equal(
            ["example.com. 300 DNAME example.net.", "www.example.com. 300 CNAME www.example.net.", "www.example.net. 300 A 192.0.2.7"],
            ForwardTesting.Records(answer, Name));
    }

    [Fact]
    public async Task Soa_below_or_beside_the_last_name_is_dropped_and_the_absence_is_not_kept()
    {
        FakeRecord beside = FakeRecord.Of("example.net", 300, "SOA", "ns. admin. 1 2 3 4 86400");
        Answer answer = await AskAsync(new FakeReply { Rcode = Rcode.NxDomain, Authority = [beside] });
        Assert.Equal((Rcode.NxDomain, 0, null), (answer.Rcode, answer.AuthorityCount, answer.Ttl));
    }

    [Theory]
    [InlineData(Rcode.NoError)]
    [InlineData(Rcode.NxDomain)]
    public async Task Absence_is_kept_for_the_negative_ttl_of_its_soa(Rcode rcode)
    {
        Answer answer = await AskAsync(new FakeReply { Rcode = rcode, Authority = [Soa] });
        Assert.Equal((rcode, 0, 60u), (answer.Rcode, answer.AnswerCount, answer.Ttl!.Value));
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public async Task Signatures_travel_with_what_they_sign_to_who_asks_for_them(bool dnssecOk, int answers)
    {
        FakeRecord signature = Own with { Type = RecordType.RRSIG, Data = Signature(RecordType.A) };
        FakeRecord other = signature with { Data = Signature(RecordType.TXT) };
        FakeRecord proof = new(DnsName.Parse("a.example.com"), RecordType.NSEC, 300, [0, 0, 1, 0x40]);
        FakeRecord soas = new(DnsName.Parse("example.com"), RecordType.RRSIG, 300, Signature(RecordType.SOA));
        var reply = new FakeReply { Answer = [Own, signature, other], Authority = [proof, soas] };
        Answer answer = await AskAsync(reply, query => query.Ask(DnsName.Parse(Name).Span, RecordType.A, dnssecOk: dnssecOk));
        Assert.Equal((answers, dnssecOk ? 2 : 0), (answer.AnswerCount, answer.AuthorityCount));
    }

    [Fact]
    public async Task Extended_error_is_kept_and_the_opt_record_is_not()
    {
        Answer answer = await AskAsync(new FakeReply { Rcode = Rcode.NxDomain, Authority = [Soa], Error = (15, "on a list") });
        Assert.Equal((ExtendedErrorCode.Blocked, "on a list", 0), (answer.Error!.Code, answer.Error.Text, answer.AdditionalCount));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Authentic_data_is_believed_from_a_trusted_server_only(bool trusted)
    {
        await using var upstream = FakeUpstream.Start();
        upstream.Script(Name, RecordType.A, new FakeReply { Answer = [Own], AuthenticData = true });
        var pool = new UpstreamPool(
            new ForwardOptions(), new TransportExchange(ServerTrust.System, new FakeTimeProvider()), new FakeTimeProvider(), new Random(1));
        var question = new UpstreamQuestion(DnsName.Parse(Name), RecordType.A, false, true, false);
        var server = new UpstreamServer(upstream.EndPoint) { Trusted = trusted };
        Answer answer = await pool.AskAsync(new ForwardRule(DnsName.Root, [server]), question, ForwardTesting.Cancelled);
        Assert.Equal(trusted, answer.AuthenticData);
    }

    [Fact]
    public async Task Referral_of_a_server_that_does_not_recurse_is_a_failed_try()
    {
        Answer answer = await AskAsync(new FakeReply
        {
            Authority = [FakeRecord.Of("com", 300, "NS", "ns.test.")], Authoritative = false, RecursionAvailable = false,
        });
        Assert.Equal("every upstream failed: referral", answer.Error!.Text);
    }

    /// <summary>RDATA of a signature by example.com (RFC 4034 3.1).</summary>
    private static byte[] Signature(RecordType covered) =>
        [0, (byte)covered, 8, 3, 0, 0, 1, 44, 0x70, 0, 0, 0, 0x60, 0, 0, 0, 0, 1, .. DnsName.Parse("example.com").Span, 1, 2, 3, 4];

    private static async Task<Answer> AskAsync(FakeReply reply, Action<Query>? change = null)
    {
        await using var upstream = FakeUpstream.Start();
        upstream.Script(Name, RecordType.A, reply);
        return (await new ForwardTesting(upstream.Address).FindAsync(Name, RecordType.A, change))!;
    }
}
