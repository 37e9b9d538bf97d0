namespace KubeDoH.Engine.Files;

/// <summary>
/// What a file looks like from outside: two equal stamps are taken as the same content.
/// Size and time are those of the file that links lead to, so a ConfigMap volume's swapped <c>..data</c> link shows.
/// </summary>
internal readonly record struct FileStamp(string Path, long Size, DateTime LastWriteUtc, string? Error = null);

/// <summary>
/// Configured paths to stamped files: a file as it is; of a folder the files with one of the endings, in ordinal name
/// order, its own first and then those of its sub-folders (one level). Names that begin with a dot are passed over:
/// editors' swap files, and a ConfigMap volume's <c>..data</c>, which holds every file a second time.
/// </summary>
internal static class FileListing
{
    public static List<FileStamp> Stamp(IReadOnlyList<string> paths, IReadOnlyList<string> endings)
    {
        List<FileStamp> stamps = [];
        foreach (string path in paths)
        {
            try
            {
                string full = Path.GetFullPath(path);
                if (Directory.Exists(full)) AddFolder(stamps, full, endings);
                else stamps.Add(StampFile(full));
            }
            catch (Exception e) when (IsFileTrouble(e))
            {
                stamps.Add(new FileStamp(path, 0, default, e.Message));
            }
        }
        return stamps;
    }

    /// <summary>What the file system throws for a path that is gone, forbidden, odd or locked.</summary>
    public static bool IsFileTrouble(Exception e) =>
        e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    private static void AddFolder(List<FileStamp> stamps, string folder, IReadOnlyList<string> endings)
    {
        try
        {
            List<FileStamp> found = [.. FilesOf(folder, endings)];
            foreach (string inner in Visible(Directory.EnumerateDirectories(folder))) found.AddRange(FilesOf(inner, endings));
            stamps.AddRange(found);
        }
        catch (Exception e) when (IsFileTrouble(e))
        {
            stamps.Add(new FileStamp(folder, 0, default, e.Message));
        }
    }

    private static IEnumerable<FileStamp> FilesOf(string folder, IReadOnlyList<string> endings) =>
        Visible(Directory.EnumerateFiles(folder))
            .Where(file => endings.Any(ending => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
            .Select(StampFile);

    private static IOrderedEnumerable<string> Visible(IEnumerable<string> paths) =>
        paths.Where(path => !Path.GetFileName(path.AsSpan()).StartsWith('.')).Order(StringComparer.Ordinal);

    private static FileStamp StampFile(string path)
    {
        try
        {
            var link = new FileInfo(path);
            FileInfo? file = !link.Exists ? null : link.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? link;
            return file is { Exists: true }
                ? new FileStamp(path, file.Length, file.LastWriteTimeUtc)
                : new FileStamp(path, 0, default, "no such file");
        }
        catch (Exception e) when (IsFileTrouble(e))
        {
            return new FileStamp(path, 0, default, e.Message);
        }
    }
}
