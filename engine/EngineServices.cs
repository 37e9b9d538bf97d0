using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Diagnosis;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Metrics;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Resolution.Listing;
using KubeDoH.Engine.Views;
using Microsoft.Extensions.Logging;

namespace KubeDoH.Engine;

/// <summary>
/// The engine put together from its options: what answers, what feeds it, and what people change. Other options can come into force
/// while it answers; what it hands out goes by those that are in force at the moment.
/// </summary>
public sealed class EngineServices : IAsyncDisposable
{
    private readonly IEntryStore _store;
    private readonly EngineGround _ground;
    private readonly EntryFeed _entryFeed;
    private volatile EngineParts _parts;

    private EngineServices(IEntryStore store, EngineGround ground, EngineParts parts, AccessReviews? reviews)
    {
        (_store, _ground, _parts) = (store, ground, parts);
        Reviews = reviews;
        _entryFeed = new EntryFeed(store, ground.Entries, ground.Time, ground.Loggers.CreateLogger<EntryFeed>());
        Entries = new EntryCatalog(
            store, ground.Entries, _entryFeed, new EntryRules(parts.Cluster.View?.Rules.Zone, ground.Time), ground.Time);
        Resolver = new ResolverInForce(this);
        Views = new ViewsInForce(this);
        Meters = new QueryMeters([.. Pipeline.LocalZones(parts.Cluster.Rules.Zone).Take(3)]);
    }

    /// <summary>The names of the sources, in the order in which they are asked.</summary>
    public IReadOnlyList<string> Order => _parts.Order;

    /// <summary>Answers every question.</summary>
    public IResolver Resolver { get; }

    public IClientViews Views { get; }

    /// <summary>The files that the kubelet gives pods.</summary>
    public ViewFiles ViewFiles => _parts.ViewFiles;

    /// <summary>The operator's own names.</summary>
    public EntryCatalog Entries { get; }

    /// <summary>What the sources would answer, to be looked through.</summary>
    public RecordCatalog Records => _parts.Records;

    /// <summary>Says of a question how it goes under the options that are in force now, and why.</summary>
    public Explainer Explainer => new(_parts.Surroundings with { Sources = Sources });

    /// <summary>Every upstream of the rules in force, and how it stands now.</summary>
    public IReadOnlyList<UpstreamStatus> Upstreams => _parts.Upstreams;

    /// <summary>What upstreams answered before.</summary>
    public AnswerCache Cache => _parts.Cache;

    /// <summary>Asks the cluster who may; null where there is no API server to ask.</summary>
    public AccessReviews? Reviews { get; }

    /// <summary>What has to run for the sources to stay up to date.</summary>
    public IReadOnlyList<IFeed> Feeds => [_entryFeed, .. _parts.Feeds];

    /// <summary>Counts the questions of each listener.</summary>
    public QueryMeters Meters { get; }

    /// <summary>Puts the engine together; false with a sentence when a file that it cannot do without cannot be opened.</summary>
    /// <param name="own">Where this process answers classic DNS itself, so that it does not forward to itself.</param>
    public static bool TryCreate(
        EngineOptions options, IReadOnlyList<IPEndPoint> own, TimeProvider time, ILoggerFactory loggers,
        [NotNullWhen(true)] out EngineServices? engine, [NotNullWhen(false)] out string? error)
    {
        engine = null;
        ClusterAccess? access = ClusterAccess.Choose(options.Kubernetes, AccessSurroundings.OfProcess);
        var ground = new EngineGround(new EntryView(time), new ResolutionMeter(), new ClusterMeter(), access, own, time, loggers);
        if (!EngineParts.TryCreate(options, ground, null, FrozenSet<string>.Empty, out EngineParts? parts, out error)) return false;
        IEntryStore store;
        if (options.Store.Kind == StoreKind.Memory) store = new MemoryEntryStore(time, options.Store.History, options.Store.MaxEntries);
        else if (SqliteEntryStore.TryOpen(
            options.Store.Path, time, out SqliteEntryStore? opened, out error, options.Store.History, options.Store.MaxEntries,
            loggers.CreateLogger<SqliteEntryStore>())) store = opened;
        else return false;
        engine = new EngineServices(store, ground, parts, access is null ? null : new AccessReviews(access, time));
        return true;
    }

    /// <summary>
    /// Prepares other options, of which those of the store and of the cluster's zone are not looked at; false with a sentence where
    /// they cannot come into force, which leaves everything as it is.
    /// </summary>
    /// <param name="changed">The sections that differ: <c>Kubernetes</c>, <c>Hosts</c>, <c>Forward</c>, <c>Cache</c>.</param>
    public bool TryPrepare(
        EngineOptions options, IReadOnlySet<string> changed, [NotNullWhen(true)] out EngineChange? change,
        [NotNullWhen(false)] out string? error)
    {
        EngineParts before = _parts;
        change = EngineParts.TryCreate(options, _ground, before, changed, out EngineParts? after, out error)
            ? new EngineChange(this, before, after)
            : null;
        return change is not null;
    }

    /// <summary>How each source stands, in the order in which they are asked.</summary>
    public IReadOnlyList<SourceStatus> Sources() => [.. Order.Select(StatusOf)];

    /// <summary>Everything that is counted or measured, as it is now.</summary>
    public IEnumerable<MetricFamily> ReadMetrics() => EngineMetrics.Read(this, _parts);

    /// <summary>A service to try, and its namespace: the first outside the namespaces that every cluster has.</summary>
    public (string Namespace, string Service)? Example() => _parts.Cluster.View?.FindExample();

    public ValueTask DisposeAsync()
    {
        _parts.DisposeWithout(null);
        Reviews?.Dispose();
        return _store.DisposeAsync();
    }

    /// <summary>For a change: from now on these answer.</summary>
    internal void Take(EngineParts parts) => _parts = parts;

    private SourceStatus StatusOf(string source) => Feeds.FirstOrDefault(feed => feed.Name == source)?.Status() ?? new SourceStatus(
        source,
        source switch
        {
            "hostAliases" => "of the pod whose view is asked for",
            "special" => "names that never leave: localhost, invalid, local, private reverse zones and their kin",
            _ => "none configured",
        },
        []);

    private sealed class ResolverInForce(EngineServices engine) : IResolver
    {
        public ValueTask<Answer> ResolveAsync(Query query, CancellationToken cancellationToken) =>
            engine._parts.Resolver.ResolveAsync(query, cancellationToken);
    }

    private sealed class ViewsInForce(EngineServices engine) : IClientViews
    {
        public ViewVerdict TryNamespace(string name, out ClientView view) => engine._parts.Views.TryNamespace(name, out view);

        public ViewVerdict TryPod(string @namespace, string name, out ClientView view) =>
            engine._parts.Views.TryPod(@namespace, name, out view);

        public Task AwaitPodsAsync(CancellationToken cancellationToken) => engine._parts.Views.AwaitPodsAsync(cancellationToken);
    }
}
