using System.Buffers.Binary;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward.Exchanges;

/// <summary>How well a message answers what was sent.</summary>
internal enum ReplyMatch : byte
{
    /// <summary>Not at all: another id, another question, no response.</summary>
    None,

    /// <summary>But for the case of the name, which came back changed.</summary>
    OtherCase,

    /// <summary>Octet by octet (RFC 5452 3).</summary>
    Exact,
}

/// <summary>Questions as bytes, and whether bytes are the reply to one.</summary>
internal static class QuestionMessage
{
    private const byte CaseBit = 0x20;

    /// <summary>Octets of randomness: the id, and a bit for each octet of a name.</summary>
    private const int Octets = 2 + (WireName.MaxLength / 8) + 1;

    /// <summary>
    /// Writes the question with an id nobody can guess; with <paramref name="mixedCase"/> the case of its letters is chance too, which
    /// a forger would have to guess as well (draft-vixie-dnsext-dns0x20). Returns its octets.
    /// </summary>
    public static int Write(Span<byte> message, UpstreamQuestion question, bool edns, bool mixedCase)
    {
        Span<byte> chance = stackalloc byte[Octets];
        chance = mixedCase ? chance[..(3 + (question.Name.Span.Length / 8))] : chance[..2];
        Chance.Fill(chance);
        int length = question.Write(message, BinaryPrimitives.ReadUInt16BigEndian(chance), edns);
        if (!mixedCase) return length;
        Span<byte> name = message.Slice(MessageHeader.Size, question.Name.Span.Length);
        for (int i = 0; i < name.Length; i++)
        {
            // A length octet is below 64, so that it is never taken for a letter.
            bool flip = ((chance[2 + (i / 8)] >> (i % 8)) & 1) != 0;
            if (flip && char.IsAsciiLetter((char)name[i])) name[i] ^= CaseBit;
        }

        return length;
    }

    /// <summary>Compares a message with the question that was sent.</summary>
    public static ReplyMatch Match(ReadOnlySpan<byte> message, ReadOnlySpan<byte> sent, UpstreamQuestion question, bool edns)
    {
        if (message.Length < MessageHeader.Size || message[0] != sent[0] || message[1] != sent[1]) return ReplyMatch.None;
        if (edns && IsBareRefusal(message)) return ReplyMatch.Exact;
        int end = MessageHeader.Size + question.Name.Span.Length + 4;
        var header = MessageHeader.Read(message);
        if (message.Length < end || !header.Has(MessageHeader.Response) || header.Opcode != Opcode.Query || header.QuestionCount != 1)
            return ReplyMatch.None;
        ReadOnlySpan<byte> asked = message[MessageHeader.Size..end];
        if (asked.SequenceEqual(sent[MessageHeader.Size..end])) return ReplyMatch.Exact;
        Span<byte> lower = stackalloc byte[WireName.MaxLength];
        WireName.ToLower(asked[..^4], lower);
        return lower[..(asked.Length - 4)].SequenceEqual(question.Name.Span) && asked[^4..].SequenceEqual(sent.Slice(end - 4, 4))
            ? ReplyMatch.OtherCase
            : ReplyMatch.None;
    }

    /// <summary>Gives the question of a matched reply the spelling that <see cref="UpstreamQuestion"/> has.</summary>
    public static void LowerCase(Span<byte> reply, UpstreamQuestion question)
    {
        if (reply.Length >= MessageHeader.Size + question.Name.Span.Length) question.Name.Span.CopyTo(reply[MessageHeader.Size..]);
    }

    /// <summary>True when the server knows no EDNS, or none of ours: it is asked again without (RFC 6891 6.2.2).</summary>
    public static bool RefusesEdns(ReadOnlySpan<byte> message) =>
        message.Length >= MessageHeader.Size && MessageHeader.Read(message).Rcode is Rcode.FormErr or Rcode.NotImp;

    /// <summary>
    /// A server from before EDNS may send its FORMERR without the question (RFC 6891 7); all that follows is a second try without EDNS.
    /// </summary>
    private static bool IsBareRefusal(ReadOnlySpan<byte> message) =>
        message.Length == MessageHeader.Size && MessageHeader.Read(message) is { QuestionCount: 0 } header
        && header.Has(MessageHeader.Response) && RefusesEdns(message);
}
