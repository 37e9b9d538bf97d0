namespace KubeDoH.Engine.Files;

/// <summary>
/// Reads a list of files and folders, and reads them all again when one of them changed, came or went. Changes are found
/// by looking every <paramref name="interval"/>, which also works for swapped links, editors that rename and network file systems.
/// For one reader at a time.
/// </summary>
/// <param name="paths">Files, or folders (see <see cref="FileListing"/> for which of their files and in which order).</param>
/// <param name="endings">Endings of the files read from folders, with the dot; a file listed by name may end as it likes.</param>
/// <param name="time">What <see cref="RunAsync"/> waits on.</param>
/// <param name="interval">How often to look; 2 seconds when null.</param>
/// <param name="limit">The largest file read, in bytes; a larger one is an error.</param>
public sealed class WatchedFiles(
    IReadOnlyList<string> paths,
    IReadOnlyList<string> endings,
    TimeProvider time,
    TimeSpan? interval = null,
    long limit = WatchedFiles.DefaultLimit)
{
    /// <summary>64 MiB: some 100,000 objects as kubectl prints them.</summary>
    public const long DefaultLimit = 64 * 1024 * 1024;

    private List<FileStamp>? _seen;
    private List<FileStamp> _unreadable = [];

    /// <summary>
    /// The first time, and whenever something changed since the last time: true, and every file as it is now, in order.
    /// A missing, unreadable or too large file is in the list with its error.
    /// </summary>
    public bool TryReadChanged(out IReadOnlyList<FileText> files)
    {
        List<FileStamp> now = FileListing.Stamp(paths, endings);
        // A refused read may succeed later without any trace in size or time (a lock let go, a mode changed).
        bool same = _seen is not null && now.SequenceEqual(_seen) && _unreadable.TrueForAll(stamp => Read(stamp).Error is not null);
        if (same)
        {
            files = [];
            return false;
        }
        // Stamped before reading: a write in between shows as a change next time.
        FileText[] texts = [.. now.Select(Read)];
        _unreadable = [.. now.Where((stamp, at) => stamp.Error is null && stamp.Size <= limit && texts[at].Error is not null)];
        _seen = now;
        files = texts;
        return true;
    }

    /// <summary>Calls back with the files at once and after every change, until cancelled; then it returns without an error.</summary>
    public async Task RunAsync(Action<IReadOnlyList<FileText>> onChange, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(interval ?? TimeSpan.FromSeconds(2), time);
        try
        {
            do
            {
                if (TryReadChanged(out IReadOnlyList<FileText> files)) onChange(files);
            }
            while (await timer.WaitForNextTickAsync(ct).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
        }
    }

    private FileText Read(FileStamp stamp)
    {
        if (stamp.Error is { } error) return FileText.Unreadable(stamp.Path, error);
        if (stamp.Size > limit) return FileText.Unreadable(stamp.Path, $"{stamp.Size} bytes, more than the {limit} that are read");
        try
        {
            return new FileText(stamp.Path, ReadBytes(stamp), new DateTimeOffset(stamp.LastWriteUtc));
        }
        catch (Exception e) when (FileListing.IsFileTrouble(e))
        {
            return FileText.Unreadable(stamp.Path, e.Message);
        }
    }

    /// <summary>As many bytes as the stamp says, or fewer; a file without any is not opened, since opening a pipe would wait.</summary>
    private static ReadOnlyMemory<byte> ReadBytes(FileStamp stamp)
    {
        if (stamp.Size == 0) return default;
        using var stream = new FileStream(stamp.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[stamp.Size];
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return bytes.AsMemory(0, read);
    }
}
