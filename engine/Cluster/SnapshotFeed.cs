using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using Microsoft.Extensions.Logging;

namespace KubeDoH.Engine.Cluster;

/// <summary>Keeps the cluster view at what the snapshot files say.</summary>
internal sealed partial class SnapshotFeed(
    SnapshotFiles files, ClusterView view, TimeProvider time, ILogger<SnapshotFeed> logger) : IFeed
{
    /// <summary>Problems beyond these are counted, not logged one by one.</summary>
    private const int MaxLogged = 20;

    private DateTimeOffset _readAt;
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

    public SourceStatus Status() => _last is { } reading
        ? new SourceStatus(Name, Describe(reading), [.. reading.Files.Select(file => PartOf(file, reading))])
        : new SourceStatus(Name, "not read yet", [new SourcePart("snapshot", Ready: false, 0, null)]);

    private string Describe(SnapshotReading reading) =>
        $"{view.Rules.Zone} with {view.NamespaceCount} namespaces and {view.ServiceCount} services, from "
        + (reading.Files.Count == 0 ? "no file" : string.Join(", ", reading.Files.Select(file => file.Path)))
        + (reading.Problems.Count == 0 ? "" : $" ({reading.Problems.Count} problems)");

    /// <summary>A problem with an object is one that was skipped; one with the file as a whole is why it could not be read.</summary>
    private SourcePart PartOf(SnapshotFile file, SnapshotReading reading)
    {
        SnapshotProblem[] problems = [.. reading.Problems.Where(problem => problem.File == file.Path)];
        SnapshotProblem? whole = file.Kept || file.LastWrite is null ? problems.LastOrDefault(problem => problem.Object.Length == 0) : null;
        IEnumerable<SnapshotProblem> skipped = problems.Where(problem => problem != whole);
        return new SourcePart(file.Path, file.LastWrite is not null, file.Objects, file.LastWrite)
        {
            Skipped = skipped.Count(),
            Problems = [.. skipped.Take(SourcePart.MaxProblems).Select(problem => problem.ToString())],
            LastError = whole is null ? null : new SourceError(_readAt, whole.ToString()),
        };
    }

    private void Apply(SnapshotReading reading)
    {
        view.Replace(reading.Objects, reading.Synced);
        _readAt = time.GetUtcNow();
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
