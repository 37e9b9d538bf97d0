using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Diagnosis;

/// <summary>What a diagnosis looks at beside the trace. All of it may change from one question to the next.</summary>
internal sealed record Surroundings
{
    /// <summary>The pipeline, to ask it what if.</summary>
    public required IResolver Resolver { get; init; }

    /// <summary>The cluster domain.</summary>
    public required DnsName Zone { get; init; }

    /// <summary>Null where there is no cluster.</summary>
    public ClusterView? Cluster { get; init; }

    public required EntryView Entries { get; init; }

    public required Func<NameTable> Hosts { get; init; }

    /// <summary>The cluster's own answers; null where there is no cluster.</summary>
    public IRecordSource? ClusterSource { get; init; }

    /// <summary>The upstreams' answers; null where nothing is forwarded.</summary>
    public IRecordSource? Forward { get; init; }

    /// <summary>The views by namespace; null where there are none.</summary>
    public IClientViews? Views { get; init; }

    /// <summary>How each source stands.</summary>
    public Func<IReadOnlyList<SourceStatus>> Sources { get; init; } = () => [];

    /// <summary>How each upstream stands.</summary>
    public Func<IReadOnlyList<UpstreamStatus>> Upstreams { get; init; } = () => [];

    public required TimeProvider Time { get; init; }
}
