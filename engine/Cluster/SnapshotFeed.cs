using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using Microsoft.Extensions.Logging;

namespace KubeDoH.Engine.Cluster;

/// <summary>Keeps the cluster view at what the snapshot files say.</summary>
internal sealed partial class SnapshotFeed(SnapshotFiles files, ClusterView view, ILogger<SnapshotFeed> logger) : IFeed
{
    /// <summary>Problems beyond these are counted, not logged one by one.</summary>
    private const int MaxLogged = 20;

    private volatile SnapshotReading? _last;

    public string Name => view.Source;

    /// <summary>The last reading, or null before the first.</summary>
    public SnapshotReading? Last => _last;

    public Task LoadAsync(CancellationToken cancellationToken)
    {
        if (files.TryReadChanged(out SnapshotReading reading)) Apply(reading);
        return Task.CompletedTask;
    }

    public Task RunAsync(CancellationToken cancellationToken) => files.RunAsync(Apply, cancellationToken);

    public string Describe() => _last is not { } reading
        ? "not read yet"
        : $"{view.Rules.Zone} with {view.NamespaceCount} namespaces and {view.ServiceCount} services, from "
            + (reading.Files.Count == 0 ? "no file" : string.Join(", ", reading.Files.Select(file => file.Path)))
            + (reading.Problems.Count == 0 ? "" : $" ({reading.Problems.Count} problems)");

    private void Apply(SnapshotReading reading)
    {
        view.Replace(reading.Objects, reading.Synced);
        _last = reading;
        foreach (SnapshotProblem problem in reading.Problems.Take(MaxLogged)) Log.Problem(logger, problem);
        if (reading.Problems.Count > MaxLogged) Log.MoreProblems(logger, reading.Problems.Count - MaxLogged);
        Log.Read(logger, view.NamespaceCount, view.ServiceCount, reading.Files.Count);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Snapshot: {Problem}")]
        public static partial void Problem(ILogger logger, SnapshotProblem problem);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Snapshot: {Count} more problems")]
        public static partial void MoreProblems(ILogger logger, int count);

        [LoggerMessage(Level = LogLevel.Debug, Message = "Snapshot: {Namespaces} namespaces, {Services} services from {Files} files")]
        public static partial void Read(ILogger logger, int namespaces, int services, int files);
    }
}
