using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Resolution.Listing;

namespace KubeDoH.Engine;

/// <summary>What people can list of the sources: all but the pods' own hosts files, which depend on who asks, and the upstreams.</summary>
internal static class RecordListings
{
    /// <param name="order">The sources that are asked, first to last; one that is not among them answers nothing.</param>
    public static RecordCatalog InOrder(
        PipelineSources sources, EntryView entries, Func<NameTable> hosts, ClusterView? cluster, TimeProvider time,
        IReadOnlyList<string> order)
    {
        IEnumerable<IRecordListing> Of(string source) => source switch
        {
            "entries" => [new EntryListing(entries, time), new EntryPointerListing(entries, time)],
            "hosts" => [new NameTableListing("hosts", hosts)],
            "cluster" when cluster is not null && sources.Cluster is ClusterSource answering => ClusterListings.Of(cluster, answering),
            "special" when sources.Special is IRecordListing special => [special],
            _ => [],
        };

        return new RecordCatalog(order.SelectMany(Of));
    }
}
