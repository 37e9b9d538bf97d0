using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using Microsoft.Extensions.Logging;

namespace KubeDoH.Engine.Cluster;

/// <summary>Keeps the cluster view at what an API server says: one watch for each kind of object that names are made of.</summary>
internal sealed class ClusterFeed : IFeed, IDisposable
{
    /// <summary>
    /// How long the start waits for the first lists. A server that is away must not keep the other sources from answering.
    /// </summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromMilliseconds(250);

    private readonly ApiServer _server;
    private readonly ClusterView _view;
    private readonly TimeProvider _time;
    private readonly ResourceWatch[] _watches;
    private readonly ResourceWatch? _podWatch;
    private Task? _running;

    public ClusterFeed(
        ClusterAccess access, KubernetesOptions options, ClusterView view, WatchTimes times, TimeProvider time, Random random,
        ILogger<ClusterFeed> logger)
    {
        _server = new ApiServer(access);
        _view = view;
        _time = time;
        IReadOnlyList<WatchedResource> resources = WatchedResource.Of(options);
        view.Await(resources.Select(resource => resource.Kind));
        _watches = [.. resources.Select(Watch)];
        ResourceWatch? pods = Array.Find(_watches, watch => watch.Resource.Kind == KubernetesKind.Pod);
        if (pods is null && options.PodViews != PodViews.Off) pods = _podWatch = Watch(WatchedResource.Pods(options));
        if (pods is not null) view.Pods.Follow(() => pods.Progress);
        if (options.PodViews == PodViews.Always) view.Pods.Want();

        ResourceWatch Watch(WatchedResource resource) => new(resource, _server, times, time, random, view.Apply, logger);
    }

    public string Name => _view.Source;

    /// <summary>Begins, and waits a moment for the first lists.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        _running ??= FollowAsync(cancellationToken);
        await Task.WhenAny(_view.FirstSync, Task.Delay(StartPatience, _time, cancellationToken)).ConfigureAwait(false);
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _running ??= FollowAsync(cancellationToken);
        try
        {
            await _running.ConfigureAwait(false);
        }
        finally
        {
            _running = null;
        }
    }

    public SourceStatus Status()
    {
        SourcePart[] needed = [.. _watches.Select(watch => PartOf(watch.Resource, watch.Progress))];
        SourcePart[] parts = _podWatch is { } pods && _view.Pods.Wanted.IsCompleted
            ? [.. needed, PartOf(pods.Resource, pods.Progress) with { IsNeeded = false }]
            : needed;
        string unread = string.Join(", ", needed.Where(part => !part.Ready).Select(part => part.Name));
        string what =
            $"{_view.Rules.Zone} with {_view.NamespaceCount} namespaces and {_view.ServiceCount} services, from {_server.Description}";
        return new SourceStatus(Name, _view.Synced ? what : $"{what} (not known yet: {unread})", parts);
    }

    public void Dispose() => _server.Dispose();

    /// <summary>On other threads: opening a connection may run a program.</summary>
    private Task FollowAsync(CancellationToken cancellationToken) => Task.WhenAll(
    [
        .. _watches.Select(watch => Task.Run(() => watch.RunAsync(cancellationToken), CancellationToken.None)),
        FollowPodsAsync(cancellationToken),
    ]);

    /// <summary>Where names do not need the pods, they are followed from the first time that somebody looks for one.</summary>
    private async Task FollowPodsAsync(CancellationToken cancellationToken)
    {
        if (_podWatch is null) return;
        await _view.Pods.Wanted.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!cancellationToken.IsCancellationRequested)
            await Task.Run(() => _podWatch.RunAsync(cancellationToken), CancellationToken.None).ConfigureAwait(false);
    }

    private SourcePart PartOf(WatchedResource resource, WatchProgress progress) =>
        new(resource.Name, progress.Ready, _view.CountOf(resource.Kind), progress.UpdatedAt)
        {
            Skipped = progress.Skipped,
            Problems = progress.Problems,
            HeardAt = progress.HeardAt,
            LastError = progress.Error is { } error ? new SourceError(error.At, error.Text) { Permission = error.Permission } : null,
        };
}
