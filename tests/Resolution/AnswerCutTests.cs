using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Listeners;
using KubeDoH.Tests.Replay;

namespace KubeDoH.Tests.Resolution;

/// <summary>A reply that is cut to a size holds whole RRsets, and says so where one is missing (RFC 2181 9).</summary>
public sealed class AnswerCutTests
{
    private static readonly DnsName Name = DnsName.Parse("web.example");

    /// <summary>Random answers at every size there is: whatever fits is there, whole, in order, and well-formed.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Reply_of_every_size_holds_whole_sets(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 40; round++)
        {
            (Answer answer, List<(Section Section, string Owner, RecordType Type, int Count)> sets) = Random(random);
            using Query query = Question(edns: random.Next(2) == 0);
            int whole = answer.MaxSize(query);
            for (int size = 512; size <= whole + 1; size += random.Next(1, 40))
            {
                byte[] room = new byte[size];
                Reply reply = Reply.Read(room.AsSpan(0, answer.WriteWithin(room, query)));
                AssertWhole(reply, sets, whole <= size);
            }
        }
    }

    [Fact]
    public void Extended_error_is_left_out_before_any_record()
    {
        AnswerBuilder builder = AnswerBuilder.For(Name.Span, RecordType.TXT);
        builder.Add(Section.Answer, [], RecordType.TXT, 30, [200, .. new byte[200]]);
        Answer answer = builder.Finish("test", error: new ExtendedError(ExtendedErrorCode.StaleAnswer, new string('x', 400)));
        using Query query = Question(edns: true);
        byte[] room = new byte[512];

        Reply reply = Reply.Read(room.AsSpan(0, answer.WriteWithin(room, query)));

        Assert.Null(reply.ExtendedError);
        Assert.True(reply.HasOpt);
        Assert.Single(reply.Sections[Section.Answer]);
        Assert.False(reply.Header.Has(MessageHeader.Truncated));
    }

    [Fact]
    public void Additional_records_are_left_out_without_a_word()
    {
        AnswerBuilder builder = AnswerBuilder.For(Name.Span, RecordType.TXT);
        builder.Add(Section.Answer, [], RecordType.TXT, 30, [200, .. new byte[200]]);
        for (int i = 0; i < 40; i++)
            builder.Add(Section.Additional, DnsName.Parse($"n{i}.example").Span, RecordType.A, 30, [192, 0, 2, (byte)i]);
        Answer answer = builder.Finish("test");
        using Query query = Question(edns: false);
        byte[] room = new byte[512];

        Reply reply = Reply.Read(room.AsSpan(0, answer.WriteWithin(room, query)));

        Assert.Single(reply.Sections[Section.Answer]);
        Assert.InRange(reply.Sections[Section.Additional].Count, 5, 20);
        Assert.False(reply.Header.Has(MessageHeader.Truncated));
    }

    [Fact]
    public void Empty_reply_is_truncated_and_repeats_the_question()
    {
        using Query query = Question(edns: true);
        byte[] room = new byte[512];

        Reply reply = Reply.Read(room.AsSpan(0, StreamListenerTests.Large().WriteEmpty(room, query)));

        Assert.Equal("web.example. TXT class 1", reply.Question);
        Assert.True(reply.Header.Has(MessageHeader.Truncated));
        Assert.All(reply.Sections.Values, Assert.Empty);
    }

    private static void AssertWhole(Reply reply, List<(Section Section, string Owner, RecordType Type, int Count)> sets, bool fits)
    {
        bool missing = false;
        int used = 0;
        foreach ((Section section, string owner, RecordType type, int count) in sets)
        {
            int there = reply.Sections[section].Count(record => record.Owner == owner && record.Type == type);
            Assert.True(there == 0 || there == count, $"{there} of {count} records of {owner} {type}");
            Assert.False(there > 0 && used < 0, $"{owner} {type} stands behind a set that is missing");
            if (there == 0) used = -1;
            missing |= there == 0 && section != Section.Additional;
        }

        Assert.Equal(missing, reply.Header.Has(MessageHeader.Truncated));
        if (fits) Assert.Equal(0, used);
    }

    private static (Answer Answer, List<(Section Section, string Owner, RecordType Type, int Count)> Sets) Random(Random random)
    {
        AnswerBuilder builder = AnswerBuilder.For(Name.Span, RecordType.TXT);
        var sets = new List<(Section, string, RecordType, int)>();
        foreach (Section section in Enum.GetValues<Section>())
        {
            for (int set = random.Next(5); set > 0; set--)
            {
                string owner = set == 1 && section == Section.Answer ? "web.example." : $"{section}{set}.web.example.".ToLowerInvariant();
                RecordType type = random.Next(2) == 0 ? RecordType.TXT : RecordType.A;
                int count = random.Next(1, 30);
                for (int i = 0; i < count; i++)
                {
                    byte[] data = type == RecordType.A ? [10, 0, 0, (byte)i] : [2, (byte)'t', (byte)i];
                    builder.Add(section, DnsName.Parse(owner).Span, type, 30, data);
                }

                sets.Add((section, owner, type, count));
            }
        }

        return (builder.Finish("test"), sets);
    }

    private static Query Question(bool edns)
    {
        Query query = Query.Rent();
        Assert.Equal(
            WireError.None, query.TryParse(ClassicClient.Question("web.example", RecordType.TXT, udpSize: (ushort)(edns ? 1232 : 0))));
        return query;
    }
}
