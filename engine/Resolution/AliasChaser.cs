using System.Buffers.Binary;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution;

/// <summary>
/// Follows a CNAME link by link through the whole chain of sources, at read time, so that a local change never needs an
/// invalidation. The response code and the SOA are those of the last name (RFC 6604 3, RFC 2308 2.1).
/// </summary>
/// <param name="meter">Null where nobody counts.</param>
internal sealed class AliasChaser(IResolver next, ResolutionMeter? meter = null) : IResolver
{
    /// <summary>What stands as source of an answer that aliases led to nothing in.</summary>
    public const string SourceName = "alias";

    /// <summary>CoreDNS follows as many.</summary>
    public const int MaxLinks = 10;

    private static readonly Answer Loop =
        LocalAnswers.Failure(SourceName, Rcode.ServFail, ExtendedErrorCode.Other, "the alias leads back to itself");

    private static readonly Answer TooLong =
        LocalAnswers.Failure(SourceName, Rcode.ServFail, ExtendedErrorCode.Other, "the alias has more than 10 links");

    public ValueTask<Answer> ResolveAsync(Query query, CancellationToken cancellationToken)
    {
        ValueTask<Answer> pending = next.ResolveAsync(query, cancellationToken);
        if (!pending.IsCompletedSuccessfully) return AwaitAsync(pending, query, cancellationToken);
        Answer answer = pending.Result;
        return MustFollow(query, answer) ? FollowAsync(answer, query, cancellationToken) : new ValueTask<Answer>(answer);
    }

    private static bool MustFollow(Query query, Answer answer) =>
        answer.HasAlias && query.Type is not (RecordType.CNAME or RecordType.ANY);

    private async ValueTask<Answer> AwaitAsync(ValueTask<Answer> pending, Query query, CancellationToken cancellationToken)
    {
        Answer answer = await pending.ConfigureAwait(false);
        return MustFollow(query, answer) ? await FollowAsync(answer, query, cancellationToken).ConfigureAwait(false) : answer;
    }

    private async ValueTask<Answer> FollowAsync(Answer answer, Query query, CancellationToken cancellationToken)
    {
        var links = new List<Link>(2);
        DnsName name = DnsName.Copy(query.Name);
        while (MustFollow(query, answer))
        {
            if (links.Count == MaxLinks) return TooLong;
            Link link = ReadLink(name, answer);
            links.Add(link);
            foreach (Link seen in links)
                if (seen.Owner == link.Target) return Loop;

            name = link.Target;
            using Query derived = query.Derive(name.Span, query.Type);
            derived.Tail = answer.Authoritative ? null : answer;
            derived.Trace?.Alias(derived);
            meter?.Link();
            answer = await next.ResolveAsync(derived, cancellationToken).ConfigureAwait(false);
        }

        return Join(query, links, name, answer);
    }

    private static Link ReadLink(DnsName owner, Answer answer)
    {
        Span<byte> room = stackalloc byte[AnswerRecords.Room];
        AnswerRecords records = answer.ReadRecords(owner.Span, room);
        while (records.MoveNext())
        {
            if (records is { Section: Section.Answer, Type: RecordType.CNAME } && WireName.EqualsIgnoreCase(records.Owner, owner.Span))
                return new Link(owner, DnsName.Copy(records.Data), answer);
        }

        throw new InvalidOperationException("An answer that says it has an alias holds none.");
    }

    private static Answer Join(Query query, List<Link> links, DnsName lastName, Answer last)
    {
        AnswerBuilder builder = AnswerBuilder.For(query.Name, query.Type);
        bool authentic = last.AuthenticData;
        foreach (Link link in links)
        {
            AddLink(ref builder, link);
            authentic &= link.From.AuthenticData;
        }

        builder.AddAll(Section.Answer, last, lastName.Span);
        builder.AddAll(Section.Authority, last, lastName.Span);
        builder.AddAll(Section.Additional, last, lastName.Span);
        Answer first = links[0].From;
        return builder.Finish(
            first.Source, last.Rcode, first.Authoritative, authentic, first.Exists, last.Error ?? first.Error, last.Options);
    }

    /// <summary>Adds the CNAME as its answer has it: with the DNAME above that made it (RFC 6672 3.1) and the signatures of both.</summary>
    private static void AddLink(ref AnswerBuilder builder, Link link)
    {
        Span<byte> room = stackalloc byte[AnswerRecords.Room];
        AnswerRecords records = link.From.ReadRecords(link.Owner.Span, room);
        while (records.MoveNext())
        {
            if (records.Section != Section.Answer) continue;
            bool isOwn = WireName.EqualsIgnoreCase(records.Owner, link.Owner.Span);
            if (isOwn || (IsSubstitution(records) && WireName.IsAtOrBelow(link.Owner.Span, records.Owner)))
                builder.Add(Section.Answer, records.Owner, records.Type, records.Ttl, records.Data);
        }
    }

    /// <summary>A DNAME, or an RRSIG that covers one (its first field, RFC 4034 3.1.1).</summary>
    private static bool IsSubstitution(in AnswerRecords records) =>
        records.Type == RecordType.DNAME
        || (records is { Type: RecordType.RRSIG, Data.Length: > 2 }
            && BinaryPrimitives.ReadUInt16BigEndian(records.Data) == (ushort)RecordType.DNAME);

    /// <summary>One CNAME of the chain and the answer that it came in.</summary>
    private sealed record Link(DnsName Owner, DnsName Target, Answer From);
}
