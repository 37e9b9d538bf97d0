using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward;

/// <summary>
/// Makes an answer of what an upstream sent, and believes only what belongs to the question: the alias chain from its name, the
/// records of its type at the chain's end, and the SOA or NS of a zone above that (RFC 2181 5.4.1, RFC 5452 6). All else
/// is dropped, so that no reply can speak for names that nobody asked about.
/// </summary>
internal static class ReplyAnswer
{
    /// <summary>A chain longer than this is cut; following it fails earlier (<see cref="AliasChaser.MaxLinks"/>).</summary>
    private const int MaxLinks = 16;

    /// <summary>The answer of a reply; null when the reply has answers and none of them belongs to the question.</summary>
    public static Answer? Read(string source, UpstreamQuestion question, ReplyMessage reply, bool trusted)
    {
        bool authentic = trusted && reply.Header.Has(MessageHeader.AuthenticData);
        Answer answer = Build(source, question, reply.Records, reply.Rcode, authentic, reply.Error, reply.Options);
        return answer.AnswerCount == 0 && reply.Header.AnswerCount > 0 ? null : answer;
    }

    /// <summary>
    /// What an earlier answer of the same upstreams says about the target of its alias: the target's records, its next alias,
    /// or that it has none. Null when it says nothing, and the upstreams must be asked.
    /// </summary>
    public static Answer? FromTail(string source, UpstreamQuestion question, Answer tail)
    {
        if (tail.Truncated) return null;
        List<ReplyRecord> records = ReplyRecord.Of(tail, tail.QuestionName);
        Answer answer = Build(source, question, records, tail.Rcode, tail.AuthenticData, tail.Error, tail.Options);
        return answer is { AnswerCount: 0, Ttl: null, Rcode: Rcode.NoError } ? null : answer;
    }

    private static Answer Build(
        string source, UpstreamQuestion question, List<ReplyRecord> records, Rcode rcode, bool authentic, ExtendedError? error,
        byte[] options)
    {
        AnswerBuilder builder = AnswerBuilder.For(question.Name.Span, question.Type);
        DnsName last = AddChain(ref builder, question, records);
        foreach (ReplyRecord record in records)
        {
            if (record.Section == Section.Authority && IsBelieved(record, last, question.DnssecOk))
                builder.Add(Section.Authority, record.Owner.Span, record.Type, record.Ttl, record.Data);
        }

        return builder.Finish(source, rcode, local: false, authenticData: authentic, exists: false, error: error, options: options);
    }

    /// <summary>Adds the aliases from the question's name on and the records at their end; returns the last name.</summary>
    private static DnsName AddChain(ref AnswerBuilder builder, UpstreamQuestion question, List<ReplyRecord> records)
    {
        DnsName name = question.Name;
        List<DnsName>? seen = null;
        while (!AddAnswers(ref builder, name, question, records) && seen is not { Count: > MaxLinks })
        {
            if (AliasOf(name, records) is not { } alias) break;
            DnsName target = DnsName.Copy(alias.Data);
            AddSubstitution(ref builder, name, target, question, records);
            builder.Add(Section.Answer, name.Span, RecordType.CNAME, alias.Ttl, alias.Data);
            AddSignatures(ref builder, name, RecordType.CNAME, question, records);
            seen ??= [name];
            name = target;
            if (seen.Contains(name)) break;
            seen.Add(name);
        }

        return name;
    }

    private static ReplyRecord? AliasOf(DnsName name, List<ReplyRecord> records)
    {
        foreach (ReplyRecord record in records)
            if (record is { Section: Section.Answer, Type: RecordType.CNAME } && record.Owner == name) return record;
        return null;
    }

    /// <summary>Adds what answers the type itself; false when there is none, so that an alias may stand in its stead.</summary>
    private static bool AddAnswers(ref AnswerBuilder builder, DnsName name, UpstreamQuestion question, List<ReplyRecord> records)
    {
        RecordType type = question.Type;
        bool found = false;
        foreach (ReplyRecord record in records)
        {
            if (record.Section != Section.Answer || record.Owner != name) continue;
            if (record.Type != type && type != RecordType.ANY) continue;
            builder.Add(Section.Answer, name.Span, record.Type, record.Ttl, record.Data);
            found = true;
        }

        if (found && type is not (RecordType.ANY or RecordType.RRSIG)) AddSignatures(ref builder, name, type, question, records);
        return found;
    }

    /// <summary>
    /// Adds the DNAME that made <paramref name="target"/> of <paramref name="name"/> (RFC 6672 2.2); a name owns one at most (2.4).
    /// </summary>
    private static void AddSubstitution(
        ref AnswerBuilder builder, DnsName name, DnsName target, UpstreamQuestion question, List<ReplyRecord> records)
    {
        foreach (ReplyRecord record in records)
        {
            if (record is not { Section: Section.Answer, Type: RecordType.DNAME } || !Substitutes(record, name, target)) continue;
            builder.Add(Section.Answer, record.Owner.Span, RecordType.DNAME, record.Ttl, record.Data);
            AddSignatures(ref builder, record.Owner, RecordType.DNAME, question, records);
            return;
        }
    }

    private static bool Substitutes(ReplyRecord dname, DnsName name, DnsName target)
    {
        if (dname.Owner == name || !WireName.IsAtOrBelow(name.Span, dname.Owner.Span)) return false;
        ReadOnlySpan<byte> kept = name.Span[..^dname.Owner.Span.Length];
        return target.Span.StartsWith(kept) && DnsName.Copy(dname.Data).Span.SequenceEqual(target.Span[kept.Length..]);
    }

    /// <summary>Adds the signatures of an RRset for a client that wants them (RFC 4035 3.2.1).</summary>
    private static void AddSignatures(
        ref AnswerBuilder builder, DnsName name, RecordType type, UpstreamQuestion question, List<ReplyRecord> records)
    {
        if (!question.DnssecOk) return;
        foreach (ReplyRecord record in records)
        {
            if (record.Section == Section.Answer && record.Covers == type && record.Owner == name)
                builder.Add(Section.Answer, name.Span, RecordType.RRSIG, record.Ttl, record.Data);
        }
    }

    /// <summary>
    /// SOA and NS of a zone of the last name, and their signatures. The proofs of absence of a client that validates for itself
    /// pass as they are: nobody else reads them.
    /// </summary>
    private static bool IsBelieved(ReplyRecord record, DnsName last, bool dnssecOk)
    {
        if (record.Covers is not null && !dnssecOk) return false;
        RecordType type = record.Covers ?? record.Type;
        return type switch
        {
            RecordType.SOA or RecordType.NS => WireName.IsAtOrBelow(last.Span, record.Owner.Span),
            RecordType.NSEC or RecordType.NSEC3 => dnssecOk,
            _ => false,
        };
    }
}
