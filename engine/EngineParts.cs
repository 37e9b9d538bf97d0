using System.Diagnostics.CodeAnalysis;
using System.Net;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Diagnosis;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Forward.Exchanges;
using KubeDoH.Engine.Hosts;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Metrics;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Resolution.Listing;
using KubeDoH.Engine.Views;
using Microsoft.Extensions.Logging;

namespace KubeDoH.Engine;

/// <summary>What stays as it is for as long as the process lives, whatever the options say later.</summary>
/// <param name="Access">The way to the API server; null where there is none.</param>
/// <param name="Own">Where this process answers classic DNS itself.</param>
internal sealed record EngineGround(
    EntryView Entries, ResolutionMeter Meter, ClusterMeter ClusterMeter, ClusterAccess? Access, IReadOnlyList<IPEndPoint> Own,
    TimeProvider Time,
    ILoggerFactory Loggers);

/// <summary>
/// What answers under one set of options. A reload makes another, which takes over from the one before it the parts whose options stayed
/// as they were, with all that they know.
/// </summary>
internal sealed class EngineParts
{
    private readonly HostsFeed _hosts;
    private readonly ForwardPart _forward;
    private readonly EngineGround _ground;

    private EngineParts(
        EngineOptions options, EngineGround ground, ClusterPart cluster, HostsFeed hosts, ForwardPart forward, AnswerCache cache)
    {
        (_ground, Order, Cluster, _hosts, _forward, Cache) = (ground, options.Order, cluster, hosts, forward, cache);
        Feeds = [hosts, forward.Feed, forward.Loops, .. cluster.Feeds];
        ClusterView? view = cluster.View;
        var viewRules = new ViewRules(options);
        var subjects = new ViewSubjects(view, cluster.PodViews, ground.Time);
        Views = new ClientViews(subjects, viewRules, () => cluster.Node.Files);
        ViewFiles = new ViewFiles(view, subjects, viewRules, () => cluster.Node.Files);
        var upstreams = new CachedUpstreams(cache, forward.Pool.AskAsync, forward.Deadline, ground.Time);
        var sources = PipelineSources.Over(ground.Entries, () => hosts.Table, view, () => forward.Feed.Rules, forward.Pool, upstreams);
        Resolver = Pipeline.Build(sources, options.Order, Pipeline.LocalZones(cluster.Rules.Zone), options.Rules, ground.Meter);
        Surroundings = new Surroundings
        {
            Resolver = Resolver,
            Zone = cluster.Rules.Zone,
            Cluster = view,
            Entries = ground.Entries,
            Hosts = () => hosts.Table,
            ClusterSource = Order.Contains("cluster") ? sources.Cluster : null,
            Forward = Order.Contains("forward") ? sources.Forward : null,
            Views = Views,
            Upstreams = () => Upstreams,
            Time = ground.Time,
        };
        Records = RecordListings.InOrder(sources, ground.Entries, () => hosts.Table, view, ground.Time, options.Order);
    }

    public IReadOnlyList<string> Order { get; }

    public IResolver Resolver { get; }

    public IClientViews Views { get; }

    public ViewFiles ViewFiles { get; }

    public RecordCatalog Records { get; }

    /// <summary>What a diagnosis looks at.</summary>
    public Surroundings Surroundings { get; }

    public ClusterPart Cluster { get; }

    public AnswerCache Cache { get; }

    public IReadOnlyList<UpstreamStatus> Upstreams => _forward.Pool.Read(_forward.Feed.Rules);

    /// <summary>Questions that found no room on the way to the upstreams, and questions that found them all down.</summary>
    public (long Rejected, long AllDown) Unforwarded => (_forward.Pool.Rejected, _forward.Pool.AllDown);

    /// <summary>What the stages and the cluster's view count.</summary>
    public IEnumerable<MetricFamily> Counted => [.. _ground.Meter.Read(), .. _ground.ClusterMeter.Read()];

    public DateTimeOffset Now => _ground.Time.GetUtcNow();

    /// <summary>For how long a question may still be under way here once nobody asks any more.</summary>
    public TimeSpan Patience => _forward.Deadline + (2 * CachedUpstreams.Grace);

    public IReadOnlyList<IFeed> Feeds { get; }

    /// <summary>Puts the parts together; false with a sentence when a file that one of them cannot do without cannot be read.</summary>
    /// <param name="before">What stands now; null at the start.</param>
    /// <param name="changed">The sections of the options that are others than those of <paramref name="before"/>.</param>
    public static bool TryCreate(
        EngineOptions options, EngineGround ground, EngineParts? before, IReadOnlySet<string> changed,
        [NotNullWhen(true)] out EngineParts? parts, [NotNullWhen(false)] out string? error)
    {
        parts = null;
        (TimeProvider time, ILoggerFactory loggers) = (ground.Time, ground.Loggers);
        if (!NodeFeed.TryOpen(options.Kubernetes, NodeText.Readers, time, loggers.CreateLogger<NodeFeed>(), out NodeFeed? node, out error))
            return false;
        if (!ServerTrust.TryRead(options.Forward.CaFile, out ServerTrust? trust, out error)) return false;
        bool Keeps(string section) => before is not null && !changed.Contains(section);
        parts = new EngineParts(
            options,
            ground,
            Keeps("Kubernetes")
                ? before!.Cluster
                : new ClusterPart(options.Kubernetes, ground.Access, node, ground.ClusterMeter, time, loggers),
            Keeps("Hosts") ? before!._hosts : new HostsFeed("hosts", options.Hosts, time, loggers.CreateLogger<HostsFeed>()),
            Keeps("Forward") ? before!._forward : new ForwardPart(options.Forward, trust, ground.Own, time, loggers),
            Keeps("Cache") ? before!.Cache : new AnswerCache(options.Cache, time));
        return true;
    }

    /// <summary>Lets go of what <paramref name="other"/> does not have; of everything where that is null.</summary>
    public void DisposeWithout(EngineParts? other)
    {
        if (Cluster != other?.Cluster) Cluster.Dispose();
        if (_forward != other?._forward) _forward.Dispose();
        if (Cache != other?.Cache) Cache.Dispose();
    }
}
