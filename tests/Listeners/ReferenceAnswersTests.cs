using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Cluster;
using KubeDoH.Tests.Oracle;
using KubeDoH.Tests.Replay;

namespace KubeDoH.Tests.Listeners;

/// <summary>The recorded questions over UDP, over UDP with TCP behind it, and over TCP: the same answers as in the engine.</summary>
public sealed class ReferenceAnswersTests(Cluster.RecordedAnswersTests.World world) : IClassFixture<Cluster.RecordedAnswersTests.World>
{
    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    [InlineData("udp, 512 octets")]
    public async Task Recorded_questions_get_the_recorded_answers_or_the_listed_differences(string way)
    {
        await using ClassicServer server = ClassicServer.Start(world.Resolver);
        var wrong = new List<string>();
        int count = 0;
        foreach ((string question, string recorded) in RecordedQuestions.All)
        {
            count++;
            string[] words = question.Split(' ');
            Assert.True(RecordTypeText.TryRead(words[1], out RecordType type));
            byte[] message = ClassicClient.Question(words[0], type, udpSize: (ushort)(way == "udp, 512 octets" ? 0 : 1232));
            byte[] reply = way == "tcp"
                ? await ClassicClient.AskTcpAsync(server.Tcp, message)
                : await ClassicClient.AskAsync(server.Udp, server.Tcp, message);
            string normal = RecordedQuestions.Normal(Reply.Read(reply)), right = RecordedQuestions.RightFor(question, recorded);
            if (normal != right) wrong.Add($"{question}\n  expected {right}\n  got      {normal}");
        }

        Assert.Equal(136, count);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>
    /// Some of them do not fit a datagram of RFC 1035: each is truncated, holds whole RRsets only, and comes whole over TCP.
    /// </summary>
    [Fact]
    public async Task Long_answer_is_truncated_over_udp_and_whole_over_tcp()
    {
        await using var script = new ScriptWorld(Script.Read("long", LongAnswers()).Blocks);
        await using ClassicServer server = ClassicServer.Start(script.Resolver);
        byte[] question = ClassicClient.Question("alias.corp.example");

        Reply cut = Reply.Read(await ClassicClient.AskUdpAsync(server.Udp, question));
        Reply whole = Reply.Read(await ClassicClient.AskAsync(server.Udp, server.Tcp, question));

        Assert.True(cut.Header.Has(MessageHeader.Truncated));
        Assert.Equal(["CNAME"], cut.Sections[Section.Answer].Select(record => RecordTypeText.Write(record.Type)));
        Assert.False(whole.Header.Has(MessageHeader.Truncated));
        Assert.Equal(1 + 60, whole.Sections[Section.Answer].Count);
        Assert.Null(whole.DisorderOf("alias.corp.example."));
    }

    /// <summary>Random clusters and questions, those of views too, against the oracle, over datagrams and TCP.</summary>
    [Theory]
    [InlineData(2001)]
    [InlineData(2101)]
    public async Task Listener_against_the_oracle_gives_the_same_answers(int firstSeed)
    {
        await using var subject = new ListenerSubject();

        if (await Comparison.FirstMismatchAsync(subject, firstSeed, worlds: 100, questionsPerWorld: 100) is { } report) Assert.Fail(report);
        Assert.True(subject.Truncated > 0, "no answer was too long for a datagram");
    }

    private static string LongAnswers()
    {
        IEnumerable<string> addresses = Enumerable.Range(1, 60).Select(i => $"  many.corp.example. 60 A 10.1.2.{i}");
        return "# An answer that is too long.\ngiven entries\n  alias.corp.example. 60 CNAME "
            + $"many.corp.example.\n{string.Join('\n', addresses)}\n";
    }
}
