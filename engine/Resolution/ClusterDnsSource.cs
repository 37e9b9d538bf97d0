namespace KubeDoH.Engine.Resolution;

/// <summary>
/// A source that answers in the place of the cluster's DNS: a view whose questions go to servers of its own does not come by here.
/// </summary>
internal sealed class ClusterDnsSource(IRecordSource source) : IRecordSource
{
    public string Name => source.Name;

    public ValueTask<Answer?> FindAsync(Query query, CancellationToken cancellationToken) =>
        query.View.Upstreams is null ? source.FindAsync(query, cancellationToken) : default;

    public VerdictReason? Reason(Query query, Answer? answer) =>
        query.View.Upstreams is null ? source.Reason(query, answer) : new VerdictReason("the pod does not ask the cluster's DNS");

    public bool KnowsName(Query query) => query.View.Upstreams is null && source.KnowsName(query);
}
