using Microsoft.Data.Sqlite;

namespace KubeDoH.Engine.Entries;

/// <summary>
/// The tables of an entry file and their versions: application_id says whose the file is, user_version how many of the steps it has.
/// A step that files were made by is never changed: what comes after is another step.
/// </summary>
internal static class SqliteEntrySchema
{
    /// <summary>application_id: "KDoH".</summary>
    private const long ApplicationId = 0x4b446f48;

    private const string Entries = """
        CREATE TABLE counter (id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER NOT NULL) STRICT;
        INSERT INTO counter VALUES (1, 0);
        CREATE TABLE entry (
            name TEXT NOT NULL, type TEXT NOT NULL, ttl INTEGER NOT NULL, records TEXT NOT NULL, enabled INTEGER NOT NULL,
            namespaces TEXT NOT NULL, comment TEXT, labels TEXT NOT NULL, expires_at INTEGER, pass_through INTEGER NOT NULL,
            auto_ptr INTEGER NOT NULL, source TEXT NOT NULL, revision INTEGER NOT NULL, created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL, PRIMARY KEY (name, type)) STRICT, WITHOUT ROWID;
        """;

    private const string History = """
        CREATE TABLE history (
            id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, at INTEGER NOT NULL, author TEXT NOT NULL, address TEXT,
            name TEXT NOT NULL, type TEXT NOT NULL, before TEXT, after TEXT) STRICT;
        CREATE INDEX history_revision ON history (revision);
        CREATE INDEX history_name ON history (name);
        """;

    private static readonly string[] Steps = [Entries, History];

    public static long Version => Steps.Length;

    /// <summary>
    /// Judges the file and brings it to <see cref="Version"/>, in one transaction. Nothing is written before the whole file was looked at.
    /// </summary>
    /// <returns>Why the file cannot be used; null when it can.</returns>
    /// <exception cref="SqliteException">The file cannot be read or written, and is as it was.</exception>
    public static string? Prepare(SqliteConnection connection, string path)
    {
        long application = connection.Number("PRAGMA application_id"), version = connection.Number("PRAGMA user_version");
        bool isNew = application == 0 && version == 0 && connection.Number("SELECT count(*) FROM sqlite_schema") == 0;
        if (!isNew && application != ApplicationId) return $"{path} is an SQLite file of another program. It was left as it is.";
        if (version > Version) return $"{path} has schema {version}; this version knows schemas up to {Version}. It was left as it is.";
        if (connection.Text("PRAGMA quick_check(1)") is var check and not "ok")
            return $"{path} is corrupt: {check}. It was left as it is.";
        if (SqliteSettings.Apply(connection) is { } setting) return $"{path}: {setting}";
        if (version == Version) return null;
        string steps = string.Join('\n', Steps.Skip((int)version));
        connection.Run($"BEGIN IMMEDIATE; {steps} PRAGMA application_id={ApplicationId}; PRAGMA user_version={Version}; COMMIT;");
        return null;
    }
}
