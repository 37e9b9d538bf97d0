using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Rules;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine;

/// <summary>THE order: every question goes through these stages and sources, top to bottom.</summary>
internal static class Pipeline
{
    public static IResolver Build(PipelineSources sources, IReadOnlyList<string> order, IReadOnlyList<DnsName> localZones) =>
        new QueryRules(                     // 0  what is no question of names is settled at once
        new SearchExpander(                 // 1  a short name, seen from a view, becomes candidates tried in order
        new AliasChaser(                    // 2  a CNAME found anywhere is followed through 3, at most 10 links
        new SourceChain(                    // 3  the first source that answers wins
            InOrder(sources, order))),
        localZones));

    /// <summary>
    /// Zones whose names are absolute in every view: the cluster's own, which no search suffix completes to anything, and localhost,
    /// which resolvers must not look up (RFC 6761 6.3).
    /// </summary>
    public static IReadOnlyList<DnsName> LocalZones(DnsName clusterZone) =>
        [clusterZone, ReverseName.V4Zone, ReverseName.V6Zone, DnsName.Parse("localhost")];

    /// <summary>
    /// The sources that the configured order names, first to last (<see cref="EngineOptions.DefaultOrder"/>). The automatic PTRs of
    /// entries stand behind the cluster's own, or right behind the entries where the order names no cluster.
    /// </summary>
    private static List<IRecordSource> InOrder(PipelineSources sources, IReadOnlyList<string> order)
    {
        bool behindCluster = order.Contains("cluster");
        IRecordSource? pointers = order.Contains("entries") ? sources.EntryPointers : null;
        var chain = new List<IRecordSource>();
        foreach (string name in order)
        {
            IEnumerable<IRecordSource?> own = name switch
            {
                "hostAliases" => [sources.HostAliases],                     // the pod's own hosts file comes before any DNS
                "entries" when behindCluster => [sources.Entries],          // an operator's word: scoped first, then global
                "entries" => [sources.Entries, pointers],
                "hosts" => [sources.Hosts],
                "cluster" => [sources.Cluster, pointers],                   // services, endpoints, pods, reverse
                "special" => [sources.Special],                             // what must never leave
                "forward" => [sources.Forward],                             // rules, upstreams
                _ => throw new ArgumentException($"There is no source '{name}'.", nameof(order)),
            };
            // A pod that does not ask the cluster's DNS finds its hosts file, what must never leave, and its own servers.
            bool everybodys = name is "hostAliases" or "special" or "forward";
            chain.AddRange(own.OfType<IRecordSource>().Select(source => everybodys ? source : new ClusterDnsSource(source)));
        }

        return chain;
    }
}
