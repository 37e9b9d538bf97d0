namespace KubeDoH.Engine.Resolution;

/// <summary>
/// One place that records come from. "Not mine" (null: the next source is asked) and "mine, and empty" (a NODATA or NXDOMAIN
/// answer) are different verdicts and never mixed up. A hit completes synchronously and allocates nothing.
/// </summary>
public interface IRecordSource
{
    /// <summary>Its name in the configured order, in traces and in the <c>Comment</c> of JSON answers.</summary>
    string Name { get; }

    /// <summary>The answer, or null when the name is not this source's to answer.</summary>
    ValueTask<Answer?> FindAsync(Query query, CancellationToken cancellationToken);

    /// <summary>
    /// True when this source knows that the question's name exists though it does not answer it: it has names below
    /// (RFC 8020 2, RFC 4592 2.2.2), or other types at the name that it lets pass. A later source's NXDOMAIN then becomes NODATA.
    /// </summary>
    bool KnowsName(Query query) => false;

    /// <summary>Why it gave this answer, or none: for a trace, which asks right behind <see cref="FindAsync"/>.</summary>
    VerdictReason? Reason(Query query, Answer? answer) => null;
}
