using KubeDoH.Engine;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Fakes;

namespace KubeDoH.Tests.Forward;

/// <summary>
/// An alias from an upstream is followed through every source; what came with it spares a question, where it may be believed.
/// </summary>
public class AliasTailTests
{
    private const string Alias = "alias.example.com";
    private const string Link = "alias.example.com. 300 CNAME www.example.com.";

    [Fact]
    public async Task Target_that_came_along_is_not_asked_for()
    {
        await using var upstream = FakeUpstream.Start();
        upstream.Add("first.example.com", 300, "CNAME", "alias.example.com.");
        Answer answer = await new ForwardTesting(upstream.Address).ChaseAsync("first.example.com");
        Assert.Equal(
            ["first.example.com. 300 CNAME alias.example.com.", Link, "www.example.com. 300 A 192.0.2.53"],
            ForwardTesting.Records(answer, "first.example.com"));
        Assert.Single(upstream.Seen);
    }

    [Fact]
    public async Task Target_that_did_not_come_along_is_asked_for()
    {
        await using var upstream = FakeUpstream.Start();
        upstream.Script(Alias, RecordType.A, new FakeReply { Answer = [FakeRecord.Of(Alias, 300, "CNAME", "www.example.com.")] });
        Answer answer = await new ForwardTesting(upstream.Address).ChaseAsync(Alias);
        Assert.Equal([Link, "www.example.com. 300 A 192.0.2.53"], ForwardTesting.Records(answer, Alias));
        Assert.Equal(["alias.example.com.", "www.example.com."], upstream.Seen.Select(question => question.Name.ToString()));
    }

    [Theory]
    [InlineData("www.example.com.", RecordType.TXT, Rcode.NoError)]
    [InlineData("gone.example.com.", RecordType.A, Rcode.NxDomain)]
    public async Task Absence_of_the_target_that_came_along_is_the_verdict(string target, RecordType type, Rcode rcode)
    {
        await using var upstream = FakeUpstream.Start();
        upstream.Add("dangling.example.com", 300, "CNAME", target);
        Answer answer = await new ForwardTesting(upstream.Address).ChaseAsync("dangling.example.com", type);
        Assert.Equal((rcode, 1, 1), (answer.Rcode, answer.AnswerCount, answer.AuthorityCount));
        Assert.Single(upstream.Seen);
    }

    [Fact]
    public async Task Loop_of_aliases_is_a_failure()
    {
        await using var upstream = FakeUpstream.Start();
        upstream.Add("a.example.com", 300, "CNAME", "b.example.com.");
        upstream.Add("b.example.com", 300, "CNAME", "a.example.com.");
        Assert.Equal(Rcode.ServFail, (await new ForwardTesting(upstream.Address).ChaseAsync("a.example.com")).Rcode);
    }

    [Fact]
    public async Task Local_name_wins_over_the_tail()
    {
        await using var upstream = FakeUpstream.Start();
        Answer answer = await new ForwardTesting(upstream.Address).ChaseAsync(Alias, before: new LocalName());
        Assert.Equal([Link, "www.example.com. 30 A 10.0.0.1"], ForwardTesting.Records(answer, Alias));
    }

    [Fact]
    public async Task Server_of_one_rule_cannot_speak_for_names_of_another()
    {
        await using var liar = FakeUpstream.Start();
        await using var corp = FakeUpstream.Start();
        liar.Script(Alias, RecordType.A, new FakeReply
        {
            Answer = [FakeRecord.Of(Alias, 300, "CNAME", "db.corp."), FakeRecord.Of("db.corp", 300, "A", "203.0.113.66")],
        });
        corp.Add("db.corp", 60, "A", "192.0.2.99");
        var rules = new Dictionary<string, IReadOnlyList<string>> { ["corp"] = [corp.Address] };
        Answer answer = await new ForwardTesting(new ForwardOptions { Servers = [liar.Address], Rules = rules }).ChaseAsync(Alias);
        Assert.Equal(["alias.example.com. 300 CNAME db.corp.", "db.corp. 60 A 192.0.2.99"], ForwardTesting.Records(answer, Alias));
    }

    /// <summary>A local source that knows www.example.com.</summary>
    private sealed class LocalName : IRecordSource
    {
        private readonly OwnerNode _node = new(DnsName.Parse("www.example.com"), "local", [new RRset(RecordType.A, 30, [[10, 0, 0, 1]])]);

        public string Name => "local";

        public ValueTask<Answer?> FindAsync(Query query, CancellationToken cancellationToken) =>
            new(query.Name.SequenceEqual(_node.Name.Span) ? _node.Find(query.Type) : null);
    }
}
