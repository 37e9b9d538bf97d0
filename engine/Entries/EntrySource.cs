using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>
/// Answers from entries: scoped before global, exact before wildcard. A name with entries answers all its types (NODATA for those
/// it has not) unless one of its entries passes them through. One stands over <see cref="EntryView.Names"/>, and behind the cluster's own
/// pointers another over <see cref="EntryView.Pointers"/>. A hit is synchronous and allocates nothing; only a name below a DNAME
/// has its answer made for it.
/// </summary>
internal sealed class EntrySource(ScopedNames names) : IRecordSource
{
    public const string SourceName = "entries";

    public string Name => SourceName;

    public ValueTask<Answer?> FindAsync(Query query, CancellationToken cancellationToken) => new(names.Find(query));

    public VerdictReason? Reason(Query query, Answer? answer) => answer is null ? null : new VerdictReason(
        [.. names.PartsFor(query).Where(part => Answers(part, query, answer)).Select(part => part.Origin)]);

    /// <summary>A name that passes a type through, or has names below it, exists for the other sources too.</summary>
    public bool KnowsName(Query query) => names.Knows(query);

    /// <summary>
    /// True for the entry of the type asked, or of an alias in its stead; where the name has neither, for all that it has.
    /// </summary>
    private static bool Answers(EntryPart part, Query query, Answer answer) =>
        answer.AnswerCount == 0 || part.Records.Type == query.Type || part.Records.Type is RecordType.CNAME or RecordType.DNAME;
}
