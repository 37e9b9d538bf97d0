namespace KubeDoH.Engine.Kubernetes;

/// <summary>Something wrong in a snapshot file; what it names is left out or, when it is the whole file, kept as it was.</summary>
/// <param name="File">The absolute path.</param>
/// <param name="Line">The line, from 1; 0 when the file as a whole is meant.</param>
/// <param name="Object">Such as "Service spec/dual"; "" when the file as a whole is meant.</param>
/// <param name="Message">What is wrong.</param>
public sealed record SnapshotProblem(string File, int Line, string Object, string Message)
{
    public override string ToString() => (Line, Object) switch
    {
        (0, _) => Message,
        (_, "") => $"{File}:{Line}: {Message}",
        _ => $"{File}:{Line}: {Object}: {Message}",
    };
}

/// <summary>What one file gave.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="LastWrite">When the content in use was written; null while nothing could be read from the file yet.</param>
/// <param name="Kept">True when the file cannot be read as it is now and its earlier objects stay in use.</param>
public sealed record SnapshotFile(
    string Path, DateTimeOffset? LastWrite, bool Kept, int Namespaces, int Services, int EndpointSlices, int Pods)
{
    /// <summary>Of all kinds.</summary>
    public int Objects => Namespaces + Services + EndpointSlices + Pods;
}

/// <summary>One reading of all snapshot files.</summary>
/// <param name="Objects">The objects in use; of two of the same name the later one.</param>
/// <param name="Synced">True when every file was read at least once: before that a name that is not here may still exist.</param>
public sealed record SnapshotReading(
    ClusterObjects Objects, IReadOnlyList<SnapshotProblem> Problems, IReadOnlyList<SnapshotFile> Files, bool Synced);
