using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution;

/// <summary>The sources in order: the first that answers wins; where none does, REFUSED.</summary>
internal sealed class SourceChain(IReadOnlyList<IRecordSource> sources) : IResolver
{
    /// <summary>What stands as source of an answer that no source gave.</summary>
    public const string Nobody = "none";

    private static readonly Answer Refused =
        LocalAnswers.Failure(Nobody, Rcode.Refused, ExtendedErrorCode.NotAuthoritative, "no source answers for this name");

    private readonly IRecordSource[] _sources = [.. sources];

    public ValueTask<Answer> ResolveAsync(Query query, CancellationToken cancellationToken)
    {
        for (int i = 0; i < _sources.Length; i++)
        {
            ValueTask<Answer?> pending = _sources[i].FindAsync(query, cancellationToken);
            if (!pending.IsCompletedSuccessfully) return AwaitAsync(pending, i, query, cancellationToken);
            if (Judge(query, i, pending.Result) is { } answer) return new ValueTask<Answer>(answer);
        }

        return new ValueTask<Answer>(Refused);
    }

    private async ValueTask<Answer> AwaitAsync(ValueTask<Answer?> pending, int i, Query query, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (Judge(query, i, await pending.ConfigureAwait(false)) is { } answer) return answer;
            if (++i == _sources.Length) return Refused;
            pending = _sources[i].FindAsync(query, cancellationToken);
        }
    }

    /// <summary>Traces a verdict, and turns an NXDOMAIN for a name above the names of an earlier source into NODATA.</summary>
    private Answer? Judge(Query query, int index, Answer? answer)
    {
        IRecordSource? knowing = answer is { Rcode: Rcode.NxDomain, HasAlias: false } ? FirstThatKnows(query, index) : null;
        query.Trace?.Verdict(query, _sources[index], answer, knowing?.Name);
        return knowing is null ? answer : answer!.AsNoData();
    }

    private IRecordSource? FirstThatKnows(Query query, int end)
    {
        for (int i = 0; i < end; i++)
            if (_sources[i].KnowsName(query)) return _sources[i];
        return null;
    }
}
