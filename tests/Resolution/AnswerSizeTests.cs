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
