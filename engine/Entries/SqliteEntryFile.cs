using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace KubeDoH.Engine.Entries;

/// <summary>
/// The file behind <see cref="SqliteEntryStore"/>. A lock file beside it keeps a second process out. One caller at a time.
/// </summary>
internal sealed class SqliteEntryFile : IDisposable
{
    /// <summary>SQLITE_FULL.</summary>
    public const int DiskFull = 13;

    /// <summary>EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION of Windows.</summary>
    private static readonly int[] LockedElsewhere = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _lock;
    private readonly SqliteConnection _connection;
    private readonly SqliteEntryWriter _writer;

    private SqliteEntryFile(FileStream @lock, SqliteConnection connection, int historyLimit)
    {
        _lock = @lock;
        _connection = connection;
        _writer = new SqliteEntryWriter(connection, historyLimit);
    }

    /// <summary>Opens the file or makes it. The error is a sentence that names the file.</summary>
    public static bool TryOpen(
        string path, int historyLimit, [NotNullWhen(true)] out SqliteEntryFile? file, [NotNullWhen(false)] out string? error)
    {
        file = null;
        if (!TryLock(path, out FileStream? @lock, out error)) return false;
        string connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Pooling = false,
            DefaultTimeout = SqliteSettings.BusySeconds,
        }.ToString();
        var connection = new SqliteConnection(connectionString);
        error = Prepare(connection, path);
        if (error is null)
        {
            file = new SqliteEntryFile(@lock, connection, historyLimit);
            return true;
        }

        connection.Dispose();
        @lock.Dispose();
        return false;
    }

    /// <summary>Every entry and the revision of the last write.</summary>
    public bool TryRead(out List<Entry> entries, out long revision, [NotNullWhen(false)] out string? error)
    {
        entries = [];
        revision = 0;
        try
        {
            revision = _connection.Number("SELECT revision FROM counter");
            using SqliteCommand command = _connection.Command("SELECT * FROM entry");
            using SqliteDataReader row = command.ExecuteReader();
            while (row.Read())
            {
                if (!SqliteEntryRow.TryRead(row, out Entry? entry, out error)) return false;
                entries.Add(entry);
            }

            error = null;
            return true;
        }
        catch (Exception e) when (e is SqliteException or InvalidCastException)
        {
            error = $"{_connection.DataSource} cannot be read: {e.Message}. It was left as it is.";
            return false;
        }
    }

    /// <summary>The changes and their history are on the disk when this returns.</summary>
    /// <exception cref="SqliteException">Nothing was stored.</exception>
    public void Write(EntryChanges changes) => _writer.Write(changes);

    public EntryHistoryPage ReadHistory(EntryHistoryFilter filter) => SqliteEntryHistory.Read(_connection, filter);

    public NextWrite ReadNext(long after, long piece) => SqliteEntryHistory.Next(_connection, after, piece);

    public void Dispose()
    {
        _writer.Dispose();
        _connection.Dispose();
        _lock.Dispose();
    }

    internal long Number(string sql) => _connection.Number(sql);

    internal string? Text(string sql) => _connection.Text(sql);

    internal void Execute(string sql) => _connection.Run(sql);

    private static bool TryLock(string path, [NotNullWhen(true)] out FileStream? @lock, [NotNullWhen(false)] out string? error)
    {
        @lock = null;
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } directory) Directory.CreateDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = $"the folder of {path} cannot be made: {e.Message}";
            return false;
        }

        try
        {
            @lock = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            error = null;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = LockedElsewhere.Contains(e.HResult)
                ? $"{path} is in use by another process, which holds {path}.lock"
                : $"{path} cannot be opened for writing: {e.Message}";
        }

        return false;
    }

    private static string? Prepare(SqliteConnection connection, string path)
    {
        try
        {
            connection.Open();
            return SqliteEntrySchema.Prepare(connection, path);
        }
        catch (SqliteException e)
        {
            return $"{path} cannot be used: {e.Message.TrimEnd('.')}. It was left as it is.";
        }
    }
}
