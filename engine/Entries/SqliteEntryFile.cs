using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace KubeDoH.Engine.Entries;

/// <summary>
/// The file behind <see cref="SqliteEntryStore"/>. A lock file beside it keeps a second process out; application_id and
/// user_version say whose it is and of which schema. Nothing is written before both were looked at.
/// </summary>
internal sealed class SqliteEntryFile : IDisposable
{
    /// <summary>SQLITE_FULL.</summary>
    public const int DiskFull = 13;

    /// <summary>application_id: "KDoH".</summary>
    private const long ApplicationId = 0x4b446f48;

    private const long SchemaVersion = 1;

    private const string Schema = """
        CREATE TABLE counter (id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER NOT NULL) STRICT;
        INSERT INTO counter VALUES (1, 0);
        CREATE TABLE entry (
            name TEXT NOT NULL, type TEXT NOT NULL, ttl INTEGER NOT NULL, records TEXT NOT NULL, enabled INTEGER NOT NULL,
            namespaces TEXT NOT NULL, comment TEXT, labels TEXT NOT NULL, expires_at INTEGER, pass_through INTEGER NOT NULL,
            auto_ptr INTEGER NOT NULL, source TEXT NOT NULL, revision INTEGER NOT NULL, created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL, PRIMARY KEY (name, type)) STRICT, WITHOUT ROWID;
        """;

    private readonly FileStream _lock;
    private readonly SqliteConnection _connection;

    private SqliteEntryFile(FileStream @lock, SqliteConnection connection)
    {
        _lock = @lock;
        _connection = connection;
    }

    public static bool TryOpen(string path, [NotNullWhen(true)] out SqliteEntryFile? file, [NotNullWhen(false)] out string? error)
    {
        file = null;
        if (!TryLock(path, out FileStream? @lock, out error)) return false;
        string connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 5 }.ToString();
        var opened = new SqliteEntryFile(@lock, new SqliteConnection(connectionString));
        error = opened.Prepare(path);
        if (error is null) file = opened;
        else opened.Dispose();
        return file is not null;
    }

    /// <summary>Every entry and the revision of the last write.</summary>
    public bool TryRead(out List<Entry> entries, out long revision, [NotNullWhen(false)] out string? error)
    {
        entries = [];
        revision = 0;
        try
        {
            revision = Number("SELECT revision FROM counter");
            using SqliteCommand command = Command("SELECT * FROM entry");
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

    /// <summary>Stores the changes in one transaction that is on the disk when this returns.</summary>
    /// <exception cref="SqliteException">Nothing was stored.</exception>
    public void Write(EntryChanges changes)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction();
        foreach (EntryChange change in changes.Items)
        {
            using SqliteCommand command = SqliteEntryRow.Command(_connection, change);
            command.Transaction = transaction;
            command.ExecuteNonQuery();
        }

        using SqliteCommand counter = Command("UPDATE counter SET revision = $revision");
        counter.Transaction = transaction;
        counter.Parameters.AddWithValue("$revision", changes.Revision);
        counter.ExecuteNonQuery();
        transaction.Commit();
    }

    public void Dispose()
    {
        _connection.Dispose();
        _lock.Dispose();
    }

    internal long Number(string sql)
    {
        using SqliteCommand command = Command(sql);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

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
        catch (UnauthorizedAccessException e)
        {
            error = $"{path} cannot be opened for writing: {e.Message}";
        }
        catch (IOException e)
        {
            error = $"{path} is in use by another process, which holds {path}.lock: {e.Message}";
        }

        return false;
    }

    /// <summary>Opens the file, judges it and brings it into our form; null when that went well.</summary>
    private string? Prepare(string path)
    {
        try
        {
            _connection.Open();
            long application = Number("PRAGMA application_id"), version = Number("PRAGMA user_version");
            bool isNew = application == 0 && version == 0 && Number("SELECT count(*) FROM sqlite_schema") == 0;
            if (!isNew && application != ApplicationId) return $"{path} is an SQLite file of another program. It was left as it is.";
            if (version > SchemaVersion)
                return $"{path} has schema {version}; this version knows schemas up to {SchemaVersion}. It was left as it is.";
            if (Text("PRAGMA quick_check(1)") is var check and not "ok") return $"{path} is corrupt: {check}. It was left as it is.";
            if (Text("PRAGMA journal_mode=WAL") != "wal") return $"{path}: its file system cannot hold a write-ahead log";
            Execute("PRAGMA synchronous=FULL");
            if (Number("PRAGMA synchronous") != 2) return $"{path}: synchronous=FULL did not take";
            if (!isNew) return null;
            Execute($"BEGIN IMMEDIATE; {Schema} PRAGMA application_id={ApplicationId}; PRAGMA user_version={SchemaVersion}; COMMIT;");
            return null;
        }
        catch (SqliteException e)
        {
            return $"{path} cannot be used: {e.Message.TrimEnd('.')}. It was left as it is.";
        }
    }

    internal void Execute(string sql)
    {
        using SqliteCommand command = Command(sql);
        command.ExecuteNonQuery();
    }

    private string? Text(string sql)
    {
        using SqliteCommand command = Command(sql);
        return command.ExecuteScalar() as string;
    }

    private SqliteCommand Command(string sql)
    {
        SqliteCommand command = _connection.CreateCommand();
#pragma warning disable CA2100 // Every statement is a constant of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}
