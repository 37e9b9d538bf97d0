using KubeDoH.Engine.Files;

namespace KubeDoH.Engine.Kubernetes;

/// <summary>
/// The objects of a cluster out of files and folders, read again when they change. The last good content of a file stays in use
/// while the file is gone, empty, unreadable or wrong; a file that left a folder which can be listed takes its objects along.
/// </summary>
/// <param name="paths">Files of any ending, or folders whose .yaml, .yml and .json files are read in name order.</param>
internal sealed class SnapshotFiles(IReadOnlyList<string> paths, TimeProvider time, TimeSpan? interval = null)
{
    private readonly WatchedFiles _watched = new(paths, [".yaml", ".yml", ".json"], time, interval);
    private Dictionary<string, GoodFile> _good = [];

    /// <summary>The first time, and whenever a file changed since: true and the objects as they are now.</summary>
    public bool TryReadChanged(out SnapshotReading reading)
    {
        bool changed = _watched.TryReadChanged(out IReadOnlyList<FileText> texts);
        reading = changed ? Read(texts) : SnapshotMerge.Nothing;
        return changed;
    }

    /// <summary>Calls back with the objects at once and after every change, until cancelled.</summary>
    public Task RunAsync(Action<SnapshotReading> onChange, CancellationToken ct) => _watched.RunAsync(texts => onChange(Read(texts)), ct);

    private SnapshotReading Read(IReadOnlyList<FileText> texts)
    {
        var merge = new SnapshotMerge();
        Dictionary<string, GoodFile> next = [];
        foreach (FileText text in texts)
        {
            if (TryParse(text, merge) is { } parsed)
            {
                Use(new GoodFile(text.Path, text.LastWrite, parsed), kept: false);
                continue;
            }
            // The path of an error may be that of a folder which could not be listed: then all that it held stays.
            GoodFile[] earlier = [.. _good.Values.Where(file => IsAtOrBelow(file.Path, text.Path))];
            foreach (GoodFile file in earlier) Use(file, kept: true);
            if (earlier.Length == 0) merge.AddUnread(text.Path);
        }
        _good = next;
        return merge.ToReading();

        void Use(GoodFile file, bool kept)
        {
            if (next.TryAdd(file.Path, file)) merge.Add(file.Path, file.LastWrite, kept, file.Content);
        }
    }

    private static SnapshotContent? TryParse(FileText text, SnapshotMerge merge)
    {
        SnapshotContent? content = text.Error is null ? SnapshotText.Read(text.Path, text.Content) : null;
        if (content is { Error: null }) return content;
        merge.Report(content?.Error is { } error
            ? new SnapshotProblem(text.Path, error.Line, "", error.Line > 0 ? error.Message : $"{text.Path}: {error.Message}")
            : new SnapshotProblem(text.Path, 0, "", text.Error!));
        return null;
    }

    private static bool IsAtOrBelow(string path, string top) =>
        path == top || (path.StartsWith(top, StringComparison.Ordinal) && path[top.Length..].StartsWith(Path.DirectorySeparatorChar));

    private sealed record GoodFile(string Path, DateTimeOffset LastWrite, SnapshotContent Content);
}
