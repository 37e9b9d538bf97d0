using System.Globalization;
using Microsoft.Data.Sqlite;

namespace KubeDoH.Engine.Entries;

/// <summary>
/// How a file has to be used for a commit to be on the disk when it returns. A setting that SQLite cannot take it passes over in
/// silence, so each one is read back.
/// </summary>
internal static class SqliteSettings
{
    /// <summary>For how long a writer of another program, such as a backup, is waited for.</summary>
    public const int BusySeconds = 5;

    /// <summary>Octets of the write-ahead log that are kept for reuse once it has grown.</summary>
    private const int LogSize = 16 * 1024 * 1024;

    private static readonly (string Name, string Value, string ReadBack)[] Wanted =
    [
        ("journal_mode", "WAL", "wal"),
        ("synchronous", "FULL", "2"),
        ("foreign_keys", "ON", "1"),
        ("busy_timeout", $"{BusySeconds * 1000}", $"{BusySeconds * 1000}"),
        ("journal_size_limit", $"{LogSize}", $"{LogSize}"),
    ];

    /// <returns>The setting that did not take, in a sentence; null when all did.</returns>
    public static string? Apply(SqliteConnection connection)
    {
        foreach ((string name, string value, string readBack) in Wanted)
        {
            connection.Run($"PRAGMA {name}={value}");
            if (connection.Text($"PRAGMA {name}") is var now && now != readBack)
                return $"the SQLite setting {name}={value} did not take, it is {now}. The file system may not be able to hold it.";
        }

        return null;
    }

    public static void Run(this SqliteConnection connection, string sql)
    {
        using SqliteCommand command = Command(connection, sql);
        command.ExecuteNonQuery();
    }

    public static long Number(this SqliteConnection connection, string sql)
    {
        using SqliteCommand command = Command(connection, sql);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    public static string? Text(this SqliteConnection connection, string sql)
    {
        using SqliteCommand command = Command(connection, sql);
        return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    public static SqliteCommand Command(this SqliteConnection connection, string sql)
    {
        SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Every statement is made of constants; what comes from outside is a parameter.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}
