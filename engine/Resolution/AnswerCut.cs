using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution;

/// <summary>The first part of an answer that a reply has room for: whole RRsets, as many as fit (RFC 2181 9).</summary>
/// <param name="BodyLength">Octets of the records.</param>
/// <param name="Truncated">TC: an RRset of the answer or authority section is missing. Additional ones are nobody's need.</param>
internal readonly record struct AnswerCut(int BodyLength, ushort AnswerCount, ushort AuthorityCount, ushort AdditionalCount, bool Truncated)
{
    public static AnswerCut Nothing => new(0, 0, 0, 0, Truncated: true);

    public static AnswerCut Whole(Answer answer)
    {
        MessageHeader counts = MessageHeader.Read(answer.Message);
        return new AnswerCut(
            answer.Message.Length - answer.BodyOffset, counts.AnswerCount, counts.AuthorityCount, counts.AdditionalCount, answer.Truncated);
    }

    /// <param name="room">Octets for the records. Names point back only, so that what comes first can do without the rest.</param>
    public static AnswerCut Within(Answer answer, int room)
    {
        ReadOnlySpan<byte> message = answer.Message;
        AnswerCut whole = Whole(answer), kept = new(0, 0, 0, 0, answer.Truncated), next = kept;
        var reader = new MessageReader(message, answer.BodyOffset);
        int total = whole.AnswerCount + whole.AuthorityCount + whole.AdditionalCount;
        WireRecord? before = null;
        for (int i = 0; i < total; i++)
        {
            Section section = i < whole.AnswerCount ? Section.Answer
                : i < whole.AnswerCount + whole.AuthorityCount ? Section.Authority : Section.Additional;
            bool first = i == whole.AnswerCount || i == whole.AnswerCount + whole.AuthorityCount;
            bool read = reader.TryReadRecord(out WireRecord record) == WireError.None;
            if (first || before is not { } last || !AreOneSet(message, last, record)) kept = next;
            if (!read || reader.Position - answer.BodyOffset > room)
                return kept with { Truncated = kept.Truncated || section != Section.Additional };
            next = Count(next, section) with { BodyLength = reader.Position - answer.BodyOffset };
            before = record;
        }

        return next;
    }

    private static AnswerCut Count(AnswerCut cut, Section section) => section switch
    {
        Section.Answer => cut with { AnswerCount = (ushort)(cut.AnswerCount + 1) },
        Section.Authority => cut with { AuthorityCount = (ushort)(cut.AuthorityCount + 1) },
        _ => cut with { AdditionalCount = (ushort)(cut.AdditionalCount + 1) },
    };

    private static bool AreOneSet(ReadOnlySpan<byte> message, in WireRecord one, in WireRecord other)
    {
        if (one.Type != other.Type) return false;
        Span<byte> oneName = stackalloc byte[WireName.MaxLength], otherName = stackalloc byte[WireName.MaxLength];
        return MessageReader.ReadName(message, one.NameOffset, oneName, out int oneLength, out _) == WireError.None
            && MessageReader.ReadName(message, other.NameOffset, otherName, out int otherLength, out _) == WireError.None
            && WireName.EqualsIgnoreCase(oneName[..oneLength], otherName[..otherLength]);
    }
}
