using KubeDoH.Api.Doh;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Fuzz;

/// <summary>DNS messages: a client's question through the whole pipeline, and an upstream's reply.</summary>
internal static class MessageTargets
{
    /// <summary>A question that is taken gets a whole reply, as a message and as JSON.</summary>
    public static void Query(byte[] message)
    {
        using Query query = Engine.Resolution.Query.Rent();
        if (query.TryParse(message) != WireError.None) return;
        WritesWhole(query, FuzzWorld.Resolver.ResolveAsync(query, CancellationToken.None).AsTask().GetAwaiter().GetResult());
    }

    /// <summary>A reply that answers its own question, read, trimmed, written again; and each of its records as text.</summary>
    public static void Reply(byte[] message)
    {
        ReadsRecords(message);
        if (message.Length < MessageHeader.Size || Question(message) is not { } question) return;
        if (ReplyMessage.TryRead(message, question, out ReplyMessage? reply) != WireError.None || reply is null) return;
        _ = reply.IsReferral;
        if (ReplyAnswer.Read("forward", question, reply, trusted: true) is not { } answer) return;
        using Query query = Engine.Resolution.Query.Rent();
        query.Ask(question.Name.Span, question.Type, question.CheckingDisabled, question.DnssecOk);
        WritesWhole(query, answer);
        foreach (ReplyRecord record in reply.Records.Take(4))
        {
            if (record.Type != RecordType.CNAME) continue;
            var next = question with { Name = DnsName.Copy(record.Data) };
            if (ReplyAnswer.FromTail("forward", next, answer) is not { } tail) continue;
            query.Ask(next.Name.Span, next.Type, next.CheckingDisabled, next.DnssecOk);
            WritesWhole(query, tail);
        }
    }

    /// <summary>Writes the answer, and reads back all that was written.</summary>
    public static void WritesWhole(Query query, Answer answer)
    {
        var reply = new byte[answer.MaxSize(query)];
        int length = answer.WriteTo(reply, query);
        Broken.If(length is < MessageHeader.Size or > ushort.MaxValue, $"a reply of {length} octets");
        ReadOnlySpan<byte> written = reply.AsSpan(0, length);
        var header = MessageHeader.Read(written);
        Broken.If(
            header.Id != query.Id || header.QuestionCount != 1 || !header.Has(MessageHeader.Response), "the header is not the question's");
        var reader = new MessageReader(written, MessageHeader.Size + query.NameAsAsked.Length + 4);
        var data = new byte[ushort.MaxValue];
        Span<byte> owner = stackalloc byte[WireName.MaxLength];
        for (int left = header.AnswerCount + header.AuthorityCount + header.AdditionalCount; left > 0; left--)
        {
            Broken.If(reader.TryReadRecord(out WireRecord record) != WireError.None, "a record of the reply cannot be read");
            Broken.If(MessageReader.ReadName(written, record.NameOffset, owner, out _, out _) != WireError.None,
                "an owner of the reply cannot be read");
            Broken.If(RecordData.TryCopy(written, record, data, out _) != WireError.None, $"data of the type {record.Type} cannot be read");
        }

        Broken.If(!reader.AtEnd, "the reply has octets behind its last record");
        Broken.If(
            DnsJson.Write(query, [new TypedAnswer(query.Type, answer)]) is not [(byte)'{', .., (byte)'}'], "the reply is no JSON document");
        Broken.If(
            CountRecords(query, answer) != answer.AnswerCount + answer.AuthorityCount + answer.AdditionalCount, "records were passed over");
    }

    private static int CountRecords(Query query, Answer answer)
    {
        int count = 0;
        AnswerRecords records = answer.ReadRecords(query.Name, new byte[AnswerRecords.Room]);
        while (records.MoveNext()) count++;
        return count;
    }

    private static UpstreamQuestion? Question(ReadOnlySpan<byte> message)
    {
        var name = new byte[WireName.MaxLength];
        var reader = new MessageReader(message, MessageHeader.Size);
        if (reader.TryReadName(name, out int length) != WireError.None) return null;
        if (!reader.TryReadUInt16(out ushort type) || !reader.TryReadUInt16(out ushort flags)) return null;
        WireName.ToLower(name.AsSpan(0, length), name);
        return new UpstreamQuestion(DnsName.Copy(name.AsSpan(0, length)), (RecordType)type, false, true, (flags & 0x8000) != 0
            || message[0] > 127);
    }

    /// <summary>Reads the octets behind the header as records; the text of sound data reads as the same data.</summary>
    private static void ReadsRecords(ReadOnlySpan<byte> message)
    {
        if (message.Length < MessageHeader.Size) return;
        var reader = new MessageReader(message, MessageHeader.Size);
        var data = new byte[ushort.MaxValue];
        for (int left = 32; left > 0 && reader.TryReadRecord(out WireRecord record) == WireError.None; left--)
        {
            if (RecordData.TryCopy(message, record, data, out int length) != WireError.None) continue;
            ReadOnlySpan<byte> copied = data.AsSpan(0, length);
            string text = RecordText.Write(record.Type, copied);
            if (record.Type == 0 || !RecordData.IsValid(record.Type, copied)) continue;
            Broken.If(!RecordText.TryRead(record.Type, text, out byte[] read, out string? error), $"{record.Type} {text}: {error}");
            TextTargets.SameData(record.Type, copied, read, text);
        }
    }
}
