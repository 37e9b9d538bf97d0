using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Rules;

/// <summary>
/// What is settled about a question before any source is asked: its EDNS version, its class, types that are no records, and AAAA where
/// an operator wants IPv4 only; and the order in which the addresses of its reply will be.
/// </summary>
internal sealed class QueryRules(IResolver next, RulesOptions options, Random random) : IResolver
{
    private const string Source = "rules";

    private static readonly Answer BadVersion =
        LocalAnswers.Failure(Source, Rcode.BadVers, ExtendedErrorCode.NotSupported, "only EDNS version 0 is understood");

    private static readonly Answer OtherClass =
        LocalAnswers.Failure(Source, Rcode.Refused, ExtendedErrorCode.NotSupported, "only the class IN is answered");

    private static readonly Answer NoTransfer =
        LocalAnswers.Failure(Source, Rcode.Refused, ExtendedErrorCode.NotSupported, "zone transfers and meta types are not offered");

    private static readonly Answer NoSuchQuestion =
        LocalAnswers.Failure(Source, Rcode.FormErr, ExtendedErrorCode.Other, "the type cannot be asked for");

    private static readonly Answer NoIpv6 = LocalAnswers.NoData(Source);

    private readonly bool _ipv4Only = options.Ipv4Only;
    private readonly AddressArrangement? _arrangement =
        options.AnswerOrder == AnswerOrder.Fixed ? null : new AddressArrangement(options.AnswerOrder == AnswerOrder.Shuffle, random);

    public ValueTask<Answer> ResolveAsync(Query query, CancellationToken cancellationToken)
    {
        query.Arrangement = _arrangement;
        return Settled(query) is { } answer ? new ValueTask<Answer>(answer) : next.ResolveAsync(query, cancellationToken);
    }

    private Answer? Settled(Query query)
    {
        if (query.EdnsVersion != 0) return BadVersion;
        if (query.Class != RecordClass.Internet) return OtherClass;
        return query.Type switch
        {
            RecordType.AAAA when _ipv4Only => NoIpv6,
            0 or RecordType.OPT => NoSuchQuestion,
            RecordType.AXFR or RecordType.IXFR or RecordType.MAILA or RecordType.MAILB or RecordType.TSIG or RecordType.TKEY => NoTransfer,
            _ => null,
        };
    }
}
