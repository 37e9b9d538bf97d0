using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Replay;

namespace KubeDoH.Tests.Cluster;

/// <summary>
/// The recorded questions through the whole pipeline: the recorded answers, but for the differences that tests/Data/cluster/README.md
/// lists.
/// </summary>
public class RecordedAnswersTests(RecordedAnswersTests.World world) : IClassFixture<RecordedAnswersTests.World>
{
    public static TheoryData<string, string> Rows()
    {
        var rows = new TheoryData<string, string>();
        foreach ((string question, string recorded) in RecordedQuestions.All) rows.Add(question, recorded);
        return rows;
    }

    [Fact]
    public void Recorded_questions_are_all_answered_in_the_recording()
    {
        string[] questions = [.. File.ReadLines(Path.Combine(RecordedCluster.Folder, "questions.txt")).Where(line => line[0] != '#')];
        Assert.Equal(136, questions.Length);
        Assert.Equal(questions, Rows().Select(row => row.Data.Item1));
    }

    [Fact]
    public void Differences_are_of_recorded_rows_and_differ()
    {
        Dictionary<string, string> recorded = Rows().ToDictionary(row => row.Data.Item1, row => row.Data.Item2);
        Assert.All(RecordedQuestions.Differences, difference => Assert.NotEqual(recorded[difference.Question], difference.Right));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Recorded_question_gets_the_recorded_answer_or_the_listed_difference(string question, string recorded)
    {
        Reply reply = await world.AskAsync(question, TestContext.Current.CancellationToken);

        Assert.Equal(RecordedQuestions.RightFor(question, recorded), RecordedQuestions.Normal(reply));
        Assert.True(reply.Header.Has(MessageHeader.RecursionAvailable));
        Assert.Equal(reply.Rcode == "SERVFAIL", reply.ExtendedError is not null);
    }

    /// <summary>The recording's cluster, hosts file and upstream.</summary>
    public sealed class World : IAsyncDisposable
    {
        private const string Given = """
            # What the recording was made with.
            given cluster recorded
            given hosts
              203.0.113.9 dns-playground.external
              10.211.55.2 host.minikube.internal
            given upstream
              .                  300 SOA   a.root-servers.net. nstld.verisign-grs.com. 1 1800 900 604800 86400
              example.com.       300 SOA   ns.example.com. admin.example.com. 1 3600 600 86400 300
              example.com.       300 MX    10 mail.example.com.
              example.com.       300 TXT   "v=spf1 -all"
              example.com.       300 CAA   0 issue "ca.example.net"
              www.example.com.   300 A     192.0.2.53
              www.example.com.   300 AAAA  2001:db8::53
              alias.example.com. 300 CNAME www.example.com.
              svc.example.com.   300 HTTPS 1 . alpn=h2
            """;

        private readonly ScriptWorld _world = new(Script.Read("recording", Given).Blocks);

        internal IResolver Resolver => _world.Resolver;

        internal Task<Reply> AskAsync(string question, CancellationToken cancellationToken) =>
            _world.AskAsync(ScriptQuestion.Read(new ScriptLine("questions.txt", 0, $"ask {question}")), trace: null, cancellationToken);

        public ValueTask DisposeAsync() => _world.DisposeAsync();
    }
}
