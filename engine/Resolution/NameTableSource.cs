using KubeDoH.Engine.Resolution.Listing;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution;

/// <summary>
/// A source whose names are a <see cref="NameTable"/>: hosts files, or the hosts file of the view's pod. A listed name without the
/// type asked is NODATA; an unlisted one is not this source's.
/// </summary>
/// <param name="tableFor">The table as it stands now, for a question; null for none.</param>
internal sealed class NameTableSource(string name, Func<Query, NameTable?> tableFor) : IRecordSource
{
    private readonly Answer _noData = LocalAnswers.NoData(name);

    public string Name => name;

    public ValueTask<Answer?> FindAsync(Query query, CancellationToken cancellationToken) =>
        tableFor(query)?.Find(query.Name) is { } node
            ? new ValueTask<Answer?>(node.Find(query.Type) ?? _noData)
            : default;

    public VerdictReason? Reason(Query query, Answer? answer) => answer is not null && tableFor(query) is { } table
        ? new VerdictReason([.. table.LinesOf(DnsName.Copy(query.Name)).Select(line => line.Origin)])
        : null;

    public bool KnowsName(Query query) => tableFor(query)?.HasNamesBelow(query.Name) ?? false;
}
