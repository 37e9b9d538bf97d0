using System.Diagnostics.CodeAnalysis;
using System.Net;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Files;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Hosts;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Special;
using KubeDoH.Engine.Views;
using KubeDoH.Engine.Wire;
using Microsoft.Extensions.Logging;

namespace KubeDoH.Engine;

/// <summary>The engine put together from its options: what answers, what feeds it, and what people change.</summary>
public sealed class EngineServices : IAsyncDisposable
{
    private readonly IEntryStore _store;
    private readonly ClusterView? _cluster;
    private readonly IReadOnlyList<string> _order;

    private EngineServices(
        EngineOptions options, IEntryStore store, IReadOnlyList<DnsName> nodeDomains, IReadOnlyList<IPEndPoint> own, TimeProvider time,
        ILoggerFactory loggers)
    {
        _store = store;
        _order = options.Order;
        bool hasCluster = options.Kubernetes is { Mode: not KubernetesMode.Off, Snapshot.Count: > 0 };
        var rules = new ClusterRules(options.Kubernetes);
        DnsName? zone = hasCluster ? rules.Zone : null;

        var entries = new EntryView(time);
        var entryFeed = new EntryFeed(store, entries, time, loggers.CreateLogger<EntryFeed>());
        var hostsFeed = new HostsFeed("hosts", options.Hosts, time, loggers.CreateLogger<HostsFeed>());
        var forwardFeed = new ForwardFeed(options.Forward, own, time, loggers.CreateLogger<ForwardFeed>());
        _cluster = hasCluster ? new ClusterView(rules, time, "cluster") : null;
        Feeds = [entryFeed, hostsFeed, forwardFeed];
        if (_cluster is not null)
        {
            var files = new SnapshotFiles(options.Kubernetes.Snapshot, time);
            Feeds = [.. Feeds, new SnapshotFeed(files, _cluster, loggers.CreateLogger<SnapshotFeed>())];
        }

        Entries = new EntryCatalog(store, entries, entryFeed, new EntryRules(zone, time), time);
        Views = new NamespaceViews(_cluster, rules.Zone, nodeDomains);
        Resolver = Pipeline.Build(
            PipelineSources.Over(
                entries, () => hostsFeed.Table, _cluster, () => forwardFeed.Rules, options.Forward, new UdpTcpExchange(), time),
            options.Order,
            Pipeline.LocalZones(rules.Zone));
    }

    /// <summary>Answers every question.</summary>
    public IResolver Resolver { get; }

    public IClientViews Views { get; }

    /// <summary>The operator's own names.</summary>
    public EntryCatalog Entries { get; }

    /// <summary>What has to run for the sources to stay up to date.</summary>
    public IReadOnlyList<IFeed> Feeds { get; }

    /// <summary>Puts the engine together; false with a sentence when a file that it cannot do without cannot be opened.</summary>
    /// <param name="own">Where this process answers classic DNS itself, so that it does not forward to itself.</param>
    public static bool TryCreate(
        EngineOptions options, IReadOnlyList<IPEndPoint> own, TimeProvider time, ILoggerFactory loggers,
        [NotNullWhen(true)] out EngineServices? engine, [NotNullWhen(false)] out string? error)
    {
        engine = null;
        if (!TryReadNodeDomains(options.Kubernetes.NodeResolvConf, time, out IReadOnlyList<DnsName> nodeDomains, out error)) return false;
        IEntryStore store;
        if (options.Store.Kind == StoreKind.Memory) store = new MemoryEntryStore(time, options.Store.History);
        else if (SqliteEntryStore.TryOpen(options.Store.Path, time, out SqliteEntryStore? opened, out error, options.Store.History))
            store = opened;
        else return false;
        engine = new EngineServices(options, store, nodeDomains, own, time, loggers);
        return true;
    }

    /// <summary>A line for each source in order: what it is and where its data came from.</summary>
    public IReadOnlyList<string> Describe() => [.. _order.Select(Describe)];

    /// <summary>A service to try, and its namespace: the first outside the namespaces that every cluster has.</summary>
    public (string Namespace, string Service)? Example() => _cluster?.FindExample();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private string Describe(string source)
    {
        string detail = Feeds.FirstOrDefault(feed => feed.Name == source)?.Describe() ?? source switch
        {
            "hostAliases" => "of the pod whose view is asked for",
            "special" => "names that never leave: localhost, invalid, local, private reverse zones and their kin",
            _ => "none configured",
        };
        return $"{source}: {detail}";
    }

    /// <summary>The search domains of the node's resolv.conf.</summary>
    private static bool TryReadNodeDomains(
        string? path, TimeProvider time, out IReadOnlyList<DnsName> domains, [NotNullWhen(false)] out string? error)
    {
        domains = [];
        error = null;
        if (path is null) return true;
        new WatchedFiles([path], [], time).TryReadChanged(out IReadOnlyList<FileText> files);
        if (files[0].Error is { } problem) error = $"Kubernetes:NodeResolvConf: {problem}";
        else domains = ResolvConf.Parse(files[0].Text).Search;
        return error is null;
    }
}
