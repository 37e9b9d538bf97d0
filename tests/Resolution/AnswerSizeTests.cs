using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Resolution;

/// <summary>A DNS message has at most 65,535 octets, whatever is stamped on an answer.</summary>
public sealed class AnswerSizeTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Full_answer_to_the_longest_name_is_a_message(bool edns)
    {
        AnswerBuilder builder = AnswerBuilder.Portable();
        while (!builder.Overflowed) builder.Add(Section.Answer, [], RecordType.A, 30, [192, 0, 2, 1]);
        Answer answer = builder.Finish("hosts");
        using Query query = Query.Rent();
        query.Ask(DnsName.Parse(string.Join('.', Enumerable.Repeat("a", 127))).Span, RecordType.A, dnssecOk: edns);
        var reply = new byte[answer.MaxSize(query)];

        Assert.InRange(answer.WriteTo(reply, query), ushort.MaxValue - 300, ushort.MaxValue);
        Assert.True(MessageHeader.Read(reply).Has(MessageHeader.Truncated));
    }

    /// <summary>
    /// What is only additional goes first, and nobody has to ask again for it (RFC 2181 9); then the answer itself is cut.
    /// </summary>
    [Theory]
    [InlineData(60_000, 5_000, 2, false)]
    [InlineData(60_000, 6_000, 1, false)]
    [InlineData(65_000, 100, 2, false)]
    [InlineData(65_530, 100, 0, true)]
    public void Additional_record_goes_before_the_answer_is_truncated(int octets, int additional, int records, bool truncated)
    {
        AnswerBuilder builder = AnswerBuilder.For(WireName.Root, (RecordType)65280);
        builder.Add(Section.Answer, [], (RecordType)65280, 30, new byte[octets]);
        builder.Add(Section.Additional, DnsName.Parse("ns.example").Span, (RecordType)65281, 30, new byte[additional]);
        Answer answer = builder.Finish("forward");
        using Query query = Query.Rent();
        query.Ask(WireName.Root, (RecordType)65280);
        var reply = new byte[answer.MaxSize(query)];

        Assert.InRange(answer.WriteTo(reply, query), MessageHeader.Size, ushort.MaxValue);

        var header = MessageHeader.Read(reply);
        Assert.Equal((records, truncated), (header.AnswerCount + header.AdditionalCount, header.Has(MessageHeader.Truncated)));
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(65_000, false)]
    public void Extended_error_goes_before_any_record(int octets, bool told)
    {
        AnswerBuilder builder = AnswerBuilder.For(WireName.Root, RecordType.TXT);
        builder.Add(Section.Answer, [], (RecordType)65280, 30, new byte[octets]);
        Answer answer = builder.Finish("forward", error: new ExtendedError(ExtendedErrorCode.Other, new string('x', 600)));
        using Query query = Query.Rent();
        query.Ask(WireName.Root, RecordType.TXT, dnssecOk: true);
        var reply = new byte[answer.MaxSize(query)];

        int length = answer.WriteTo(reply, query);

        Assert.Equal(reply.Length, length);
        Assert.InRange(length, octets, ushort.MaxValue);
        Assert.Equal(told, reply.AsSpan().EndsWith("xxx"u8));
        Assert.Equal(2, MessageHeader.Read(reply).AnswerCount + MessageHeader.Read(reply).AdditionalCount);
    }
}
