using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution;

/// <summary>
/// Does for a view what a pod's resolver does with its search list (resolv.conf(5), glibc's order), in one question instead of ten.
/// It differs from glibc where a wrong answer would follow: a step ends the walk when it has records, when the name exists in local
/// data, or when it fails (going on would show an upstream the names inside); an upstream's NODATA goes on unless the sibling
/// address type shows that the name exists.
/// </summary>
/// <param name="localZones">A name at or below one of them is absolute.</param>
/// <param name="meter">Null where nobody counts.</param>
internal sealed class SearchExpander(IResolver next, IReadOnlyList<DnsName> localZones, ResolutionMeter? meter = null) : IResolver
{
    private readonly DnsName[] _localZones = [.. localZones];

    public ValueTask<Answer> ResolveAsync(Query query, CancellationToken cancellationToken) =>
        query.View.SearchList.Count == 0 || IsAbsolute(query)
            ? next.ResolveAsync(query, cancellationToken)
            : WalkAsync(query, cancellationToken);

    private bool IsAbsolute(Query query)
    {
        ClientView view = query.View;
        if (query.Name.Length == 1) return true;
        if (view.HostAliases?.Find(query.Name) is not null) return true;
        foreach (DnsName zone in _localZones)
            if (WireName.IsAtOrBelow(query.Name, zone.Span)) return true;
        for (int i = 0; i < view.SearchList.Count; i++)
            if (view.SearchList[i] != DnsName.Root && WireName.IsAtOrBelow(query.Name, view.SearchList[i].Span)) return true;
        return false;
    }

    private async ValueTask<Answer> WalkAsync(Query query, CancellationToken cancellationToken)
    {
        ClientView view = query.View;
        Answer? asItIs = null;
        meter?.Walk();
        if (WireName.LabelCount(query.Name) - 1 >= view.Ndots)
        {
            asItIs = await TryAsync(query, cancellationToken).ConfigureAwait(false);
            if (await EndsWalkAsync(query, asItIs, cancellationToken).ConfigureAwait(false)) return EndWalk(query, asItIs);
        }

        for (int i = 0; i < view.SearchList.Count; i++)
        {
            DnsName suffix = view.SearchList[i];
            bool isRoot = suffix == DnsName.Root;
            if (isRoot && asItIs is not null) continue;
            using Query? candidate = Candidate(query, suffix);
            if (candidate is null) continue;
            Answer answer = await TryAsync(candidate, cancellationToken).ConfigureAwait(false);
            if (isRoot) asItIs = answer;
            if (await EndsWalkAsync(candidate, answer, cancellationToken).ConfigureAwait(false))
                return EndWalk(candidate, isRoot ? answer : Found(query, candidate, answer));
        }

        return asItIs ?? await TryAsync(query, cancellationToken).ConfigureAwait(false);
    }

    private static Answer EndWalk(Query candidate, Answer answer)
    {
        candidate.Trace?.EndWalk(candidate);
        return answer;
    }

    private ValueTask<Answer> TryAsync(Query candidate, CancellationToken cancellationToken)
    {
        candidate.Trace?.Candidate(candidate);
        meter?.Step();
        return next.ResolveAsync(candidate, cancellationToken);
    }

    /// <summary>The question's name with a suffix behind it; null when that is longer than a name may be.</summary>
    private static Query? Candidate(Query query, DnsName suffix)
    {
        Span<byte> name = stackalloc byte[WireName.MaxLength];
        return WireName.TryAppend(query.NameAsAsked, suffix.Span, name, out int length) ? query.Derive(name[..length], query.Type) : null;
    }

    private async ValueTask<bool> EndsWalkAsync(Query candidate, Answer answer, CancellationToken cancellationToken)
    {
        if (answer.HasRecords || answer.Exists) return true;
        if (answer.Rcode is Rcode.NxDomain or Rcode.Refused) return false;
        if (answer.Rcode != Rcode.NoError) return true;
        if (candidate.Type is not (RecordType.A or RecordType.AAAA)) return false;

        RecordType sibling = candidate.Type == RecordType.A ? RecordType.AAAA : RecordType.A;
        using Query other = candidate.Derive(candidate.NameAsAsked, sibling);
        Answer otherAnswer = await TryAsync(other, cancellationToken).ConfigureAwait(false);
        return otherAnswer.HasRecords;
    }

    /// <summary>The reply under the name as asked: an alias to the name that was found, then what it has.</summary>
    private static Answer Found(Query query, Query candidate, Answer answer)
    {
        if (answer.Rcode == Rcode.ServFail) return Failed(answer);
        if (answer.Searched is { } known && known.IsFor(query, candidate)) return known.Answer;
        Answer made = UnderNameAsked(query, candidate, answer);
        if (answer is { Authoritative: true, StandsStill: true, Searched: null })
            answer.Searched = new SearchedAnswer(DnsName.Copy(candidate.Name), query.Type, made);
        return made;
    }

    private static Answer UnderNameAsked(Query query, Query candidate, Answer answer)
    {
        AnswerBuilder builder = AnswerBuilder.For(query.Name, query.Type);
        bool underAskedName = query.Type is RecordType.CNAME or RecordType.ANY;
        if (!underAskedName) builder.Add(Section.Answer, [], RecordType.CNAME, AliasTtl(candidate, answer), candidate.Name);
        Span<byte> room = stackalloc byte[AnswerRecords.Room];
        AnswerRecords records = answer.ReadRecords(candidate.Name, room);
        while (records.MoveNext())
        {
            ReadOnlySpan<byte> owner = underAskedName && records.Section == Section.Answer ? [] : records.Owner;
            builder.Add(records.Section, owner, records.Type, records.Ttl, records.Data);
        }

        return builder.Finish(
            answer.Source, answer.Rcode, answer.Authoritative, authenticData: false, answer.Exists, answer.Error, answer.Options);
    }

    /// <summary>The smallest TTL of the records found; where there are none, for how long that may be believed.</summary>
    private static uint AliasTtl(Query candidate, Answer answer)
    {
        uint? smallest = null;
        Span<byte> room = stackalloc byte[AnswerRecords.Room];
        AnswerRecords records = answer.ReadRecords(candidate.Name, room);
        while (records.MoveNext())
            if (records.Section == Section.Answer) smallest = Math.Min(smallest ?? uint.MaxValue, records.Ttl);
        return smallest ?? answer.Ttl ?? 0;
    }

    /// <summary>A failure of a candidate is the failure of the question: its records would not be owned by the name asked.</summary>
    private static Answer Failed(Answer answer) =>
        answer.AnswerCount == 0 ? answer : AnswerBuilder.Portable().Finish(answer.Source, answer.Rcode, local: false, error: answer.Error);
}
