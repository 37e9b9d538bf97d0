using System.Diagnostics.CodeAnalysis;
using System.Net;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Diagnosis;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Forward.Exchanges;
using KubeDoH.Engine.Forward.Upstreams;
using KubeDoH.Engine.Hosts;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Resolution.Listing;
using KubeDoH.Engine.Special;
using KubeDoH.Engine.Views;
using Microsoft.Extensions.Logging;

namespace KubeDoH.Engine;

/// <summary>The engine put together from its options: what answers, what feeds it, and what people change.</summary>
public sealed class EngineServices : IAsyncDisposable
{
    private readonly IEntryStore _store;
    private readonly ClusterView? _cluster;
    private readonly ForwardFeed _forward;
    private readonly TransportExchange _exchange;
    private readonly UpstreamPool _pool;

    private EngineServices(
        EngineOptions options, IEntryStore store, NodeFeed node, ServerTrust trust, IReadOnlyList<IPEndPoint> own,
        TimeProvider time, ILoggerFactory loggers)
    {
        _store = store;
        Order = options.Order;
        var rules = new ClusterRules(options.Kubernetes);
        ClusterAccess? access = ClusterAccess.Choose(options.Kubernetes, AccessSurroundings.OfProcess);
        if (options.Kubernetes.IsSnapshot || access is not null) _cluster = new ClusterView(rules, time, "cluster");

        var entries = new EntryView(time);
        var entryFeed = new EntryFeed(store, entries, time, loggers.CreateLogger<EntryFeed>());
        var hostsFeed = new HostsFeed("hosts", options.Hosts, time, loggers.CreateLogger<HostsFeed>());
        var forwardFeed = new ForwardFeed(options.Forward, own, time, loggers.CreateLogger<ForwardFeed>());
        _forward = forwardFeed;
        _exchange = new TransportExchange(trust, time);
        _pool = new UpstreamPool(options.Forward, _exchange, time, Random.Shared);
        var loops = new LoopWatch(_pool, () => forwardFeed.Rules, _exchange, options.Forward.Timeout, time, loggers.CreateLogger<LoopWatch>());
        Feeds = [entryFeed, hostsFeed, forwardFeed, loops, node];
        if (_cluster is not null && access is not null)
        {
            Feeds = [.. Feeds, new ClusterFeed(
                access, options.Kubernetes, _cluster, new WatchTimes(), time, Random.Shared, loggers.CreateLogger<ClusterFeed>())];
        }
        else if (_cluster is not null)
        {
            var files = new SnapshotFiles(options.Kubernetes.Snapshot, time);
            Feeds = [.. Feeds, new SnapshotFeed(files, _cluster, time, loggers.CreateLogger<SnapshotFeed>())];
        }

        Entries = new EntryCatalog(store, entries, entryFeed, new EntryRules(_cluster?.Rules.Zone, time), time);
        Cache = new AnswerCache(options.Cache, time);
        var viewRules = new ViewRules(options);
        var subjects = new ViewSubjects(_cluster, options.Kubernetes.PodViews, time);
        Views = new ClientViews(subjects, viewRules, () => node.Files);
        ViewFiles = new ViewFiles(_cluster, subjects, viewRules, () => node.Files);
        var upstreams = new CachedUpstreams(Cache, _pool.AskAsync, options.Forward.Deadline, time);
        var sources = PipelineSources.Over(entries, () => hostsFeed.Table, _cluster, () => forwardFeed.Rules, _pool, upstreams);
        Resolver = Pipeline.Build(sources, options.Order, Pipeline.LocalZones(rules.Zone));
        Explainer = new Explainer(new Surroundings
        {
            Resolver = Resolver,
            Zone = rules.Zone,
            Cluster = _cluster,
            Entries = entries,
            Hosts = () => hostsFeed.Table,
            ClusterSource = Order.Contains("cluster") ? sources.Cluster : null,
            Forward = Order.Contains("forward") ? sources.Forward : null,
            Views = Views,
            Sources = Sources,
            Upstreams = () => Upstreams,
            Time = time,
        });
        Records = RecordListings.InOrder(sources, entries, () => hostsFeed.Table, _cluster, time, options.Order);
    }

    /// <summary>The names of the sources, in the order in which they are asked.</summary>
    public IReadOnlyList<string> Order { get; }

    /// <summary>Answers every question.</summary>
    public IResolver Resolver { get; }

    public IClientViews Views { get; }

    /// <summary>The files that the kubelet gives pods.</summary>
    public ViewFiles ViewFiles { get; }

    /// <summary>The operator's own names.</summary>
    public EntryCatalog Entries { get; }

    /// <summary>What the sources would answer, to be looked through.</summary>
    public RecordCatalog Records { get; }

    /// <summary>Says of a question how it goes, and why.</summary>
    public Explainer Explainer { get; }

    /// <summary>Every upstream of the rules in force, and how it stands now.</summary>
    public IReadOnlyList<UpstreamStatus> Upstreams => _pool.Read(_forward.Rules);

    /// <summary>What upstreams answered before.</summary>
    public AnswerCache Cache { get; }

    /// <summary>What has to run for the sources to stay up to date.</summary>
    public IReadOnlyList<IFeed> Feeds { get; }

    /// <summary>Puts the engine together; false with a sentence when a file that it cannot do without cannot be opened.</summary>
    /// <param name="own">Where this process answers classic DNS itself, so that it does not forward to itself.</param>
    public static bool TryCreate(
        EngineOptions options, IReadOnlyList<IPEndPoint> own, TimeProvider time, ILoggerFactory loggers,
        [NotNullWhen(true)] out EngineServices? engine, [NotNullWhen(false)] out string? error)
    {
        engine = null;
        if (!NodeFeed.TryOpen(
            options.Kubernetes, NodeText.Readers, time, loggers.CreateLogger<NodeFeed>(), out NodeFeed? node, out error)) return false;
        if (!ServerTrust.TryRead(options.Forward.CaFile, out ServerTrust? trust, out error)) return false;
        IEntryStore store;
        if (options.Store.Kind == StoreKind.Memory) store = new MemoryEntryStore(time, options.Store.History, options.Store.MaxEntries);
        else if (SqliteEntryStore.TryOpen(
            options.Store.Path, time, out SqliteEntryStore? opened, out error, options.Store.History, options.Store.MaxEntries)) store = opened;
        else return false;
        engine = new EngineServices(options, store, node, trust, own, time, loggers);
        return true;
    }

    /// <summary>How each source stands, in the order in which they are asked.</summary>
    public IReadOnlyList<SourceStatus> Sources() => [.. Order.Select(StatusOf)];

    /// <summary>A service to try, and its namespace: the first outside the namespaces that every cluster has.</summary>
    public (string Namespace, string Service)? Example() => _cluster?.FindExample();

    public ValueTask DisposeAsync()
    {
        Cache.Dispose();
        foreach (IDisposable feed in Feeds.OfType<IDisposable>()) feed.Dispose();
        _exchange.Dispose();
        return _store.DisposeAsync();
    }

    private SourceStatus StatusOf(string source) => Feeds.FirstOrDefault(feed => feed.Name == source)?.Status() ?? new SourceStatus(
        source,
        source switch
        {
            "hostAliases" => "of the pod whose view is asked for",
            "special" => "names that never leave: localhost, invalid, local, private reverse zones and their kin",
            _ => "none configured",
        },
        []);
}
