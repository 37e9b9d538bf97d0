using KubeDoH.Engine;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Rules;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Listeners;
using KubeDoH.Tests.Replay;

namespace KubeDoH.Tests.Resolution;

/// <summary>The order of addresses in replies (<c>Rules:AnswerOrder</c>), and IPv4 only (<c>Rules:Ipv4Only</c>).</summary>
public sealed class AddressArrangementTests
{
    private static readonly DnsName Name = DnsName.Parse("web.example"), Target = DnsName.Parse("target.example");

    [Theory]
    [InlineData(AnswerOrder.Fixed, 1)]
    [InlineData(AnswerOrder.Rotate, 4)]
    [InlineData(AnswerOrder.Shuffle, 24)]
    public async Task Orders_of_four_addresses_are_as_many_as_the_rule_allows(AnswerOrder order, int orders)
    {
        Answer answer = Build(alias: false, RecordType.A, 4);
        QueryRules rules = Rules(answer, new RulesOptions { AnswerOrder = order });
        var seen = new HashSet<string>();
        for (int i = 0; i < 2000; i++)
        {
            Reply reply = await AskAsync(rules, RecordType.A);
            string[] data = [.. reply.Sections[Section.Answer].Select(record => record.Data)];
            seen.Add(string.Join(' ', data));
            Assert.Equal(["10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3"], data.Order());
            if (order != AnswerOrder.Rotate) continue;
            int first = data[0][^1] - '0';
            Assert.Equal(Enumerable.Range(0, 4).Select(k => $"10.0.0.{(first + k) % 4}"), data);
        }

        Assert.Equal(orders, seen.Count);
    }

    /// <summary>The alias stays in front, the addresses behind it change places, and a TTL stays with its address.</summary>
    [Theory]
    [InlineData(RecordType.A)]
    [InlineData(RecordType.AAAA)]
    public async Task Alias_stays_before_the_addresses_that_it_leads_to(RecordType type)
    {
        QueryRules rules = Rules(Build(alias: true, type, 3), new RulesOptions { AnswerOrder = AnswerOrder.Shuffle });
        var firsts = new HashSet<string>();
        for (int i = 0; i < 200; i++)
        {
            Reply reply = await AskAsync(rules, type);
            List<RecordLine> records = reply.Sections[Section.Answer];
            Assert.Equal(RecordType.CNAME, records[0].Type);
            Assert.Null(reply.DisorderOf("web.example."));
            Assert.Equal(3, records.Skip(1).Select(record => record.Data).Distinct().Count());
            Assert.All(records.Skip(1), record => Assert.Equal(100u + (uint)(record.Data[^1] - '0'), record.Ttl));
            firsts.Add(records[1].Data);
        }

        Assert.Equal(3, firsts.Count);
    }

    /// <summary>Sets of several names keep their addresses.</summary>
    [Fact]
    public async Task Addresses_stay_with_their_names()
    {
        AnswerBuilder builder = AnswerBuilder.For(Name.Span, RecordType.ANY);
        foreach (DnsName owner in (DnsName[])[Name, Target])
            for (byte i = 0; i < 5; i++)
                builder.Add(Section.Answer, owner.Span, RecordType.A, 30, [10, 0, (byte)(owner == Name ? 1 : 2), i]);
        for (byte i = 0; i < 5; i++) builder.Add(Section.Answer, Target.Span, RecordType.AAAA, 30, [.. new byte[15], i]);
        QueryRules rules = Rules(builder.Finish("test"), new RulesOptions { AnswerOrder = AnswerOrder.Shuffle });
        for (int i = 0; i < 200; i++)
        {
            List<RecordLine> records = (await AskAsync(rules, RecordType.A)).Sections[Section.Answer];
            Assert.Equal(15, records.Count);
            Assert.All(records[..5], record => Assert.Equal(("web.example.", "10.0.1"), (record.Owner, record.Data[..6])));
            Assert.All(records[5..10], record => Assert.Equal(("target.example.", "10.0.2"), (record.Owner, record.Data[..6])));
            Assert.All(records[10..], record => Assert.Equal(("target.example.", RecordType.AAAA), (record.Owner, record.Type)));
            Assert.Equal(15, records.Select(record => record.Data).Distinct().Count());
        }
    }

    [Theory]
    [InlineData(true, RecordType.AAAA, "NOERROR 0 1")]
    [InlineData(true, RecordType.A, "NOERROR 4 0")]
    [InlineData(false, RecordType.AAAA, "NOERROR 4 0")]
    public async Task Ipv4_only_answers_aaaa_with_nodata(bool only, RecordType type, string expected)
    {
        QueryRules rules = Rules(Build(alias: false, type, 4), new RulesOptions { Ipv4Only = only });

        Reply reply = await AskAsync(rules, type);

        Assert.Equal(expected, $"{reply.Rcode} {reply.Sections[Section.Answer].Count} {reply.Sections[Section.Authority].Count}");
    }

    private static QueryRules Rules(Answer answer, RulesOptions options) => new(new AnyResolver(_ => answer), options, new Random(1));

    private static async Task<Reply> AskAsync(QueryRules rules, RecordType type)
    {
        using Query query = Query.Rent();
        Assert.Equal(WireError.None, query.TryParse(ClassicClient.Question("web.example", type, udpSize: 1232)));
        Answer answer = await rules.ResolveAsync(query, CancellationToken.None);
        byte[] message = new byte[2048];
        return Reply.Read(message.AsSpan(0, answer.WriteTo(message, query)));
    }

    private static Answer Build(bool alias, RecordType type, int count)
    {
        AnswerBuilder builder = AnswerBuilder.For(Name.Span, type);
        if (alias) builder.Add(Section.Answer, [], RecordType.CNAME, 30, Target.Span);
        for (byte i = 0; i < count; i++)
        {
            byte[] data = type == RecordType.A ? [10, 0, 0, i] : [0x20, 1, .. new byte[13], (byte)(i + 1)];
            builder.Add(Section.Answer, alias ? Target.Span : [], type, 100u + data[^1], data);
        }

        return builder.Finish("test");
    }
}
