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
    /// True when this source has names below the question's: an NXDOMAIN of another source must then become NODATA,
    /// as an empty non-terminal exists (RFC 8020 2, RFC 4592 2.2.2).
    /// </summary>
    bool HasNamesBelow(Query query) => false;
}
