using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Forward.Upstreams;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Special;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine;

/// <summary>The sources there are; one that is not configured is null.</summary>
internal sealed record PipelineSources
{
    public IRecordSource? HostAliases { get; private init; }

    public IRecordSource? Entries { get; private init; }

    /// <summary>The automatic PTR records of entries.</summary>
    public IRecordSource? EntryPointers { get; private init; }

    public IRecordSource? Hosts { get; private init; }

    public IRecordSource? Cluster { get; private init; }

    public IRecordSource? Special { get; private init; }

    public IRecordSource? Forward { get; private init; }

    /// <summary>Puts a source over each kind of data. Rules and tables are asked for anew with each question, as they may change.</summary>
    /// <param name="cluster">Null where there is none: names of its zone are then special, and never leave.</param>
    public static PipelineSources Over(
        EntryView entries, Func<NameTable> hosts, ClusterView? cluster, Func<ForwardRules> rules, UpstreamPool pool,
        CachedUpstreams upstreams) => new()
    {
        // A pod's resolver looks into its hosts file once, for the name that it was given: not for what search list and aliases make of it.
        HostAliases = new NameTableSource("hostAliases", static query => query.IsDerived ? null : query.View.HostAliases),
        Entries = new EntrySource(entries.Names),
        EntryPointers = new EntrySource(entries.Pointers),
        Hosts = new NameTableSource("hosts", _ => hosts()),
        Cluster = cluster is null ? null : new ClusterSource(cluster),
        Special = new SpecialSource(
            "special", name => rules().Covers(name) || (cluster is not null && WireName.IsAtOrBelow(name, cluster.Rules.Zone.Span))),
        Forward = new ForwardSource(rules, pool, upstreams),
    };
}
