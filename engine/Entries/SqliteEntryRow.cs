using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using KubeDoH.Engine.Wire;
using Microsoft.Data.Sqlite;

namespace KubeDoH.Engine.Entries;

/// <summary>
/// An entry as a row of the table <c>entry</c>: texts that a person can read with <c>sqlite3</c>, lists as JSON, moments as Unix
/// milliseconds.
/// </summary>
internal static class SqliteEntryRow
{
    public const string Upsert = """
        INSERT OR REPLACE INTO entry (name, type, ttl, records, enabled, namespaces, comment, labels, expires_at, pass_through,
            auto_ptr, source, revision, created_at, updated_at)
        VALUES ($name, $type, $ttl, $records, $enabled, $namespaces, $comment, $labels, $expires_at, $pass_through,
            $auto_ptr, $source, $revision, $created_at, $updated_at)
        """;

    /// <summary>Sets a parameter of a command that may be used again and again.</summary>
    public static void Bind(this SqliteCommand command, string name, object? value)
    {
        int at = command.Parameters.IndexOf(name);
        if (at < 0) command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        else command.Parameters[at].Value = value ?? DBNull.Value;
    }

    public static void BindKey(this SqliteCommand command, EntryKey key)
    {
        command.Bind("$name", key.Name.ToString());
        command.Bind("$type", RecordTypeText.Write(key.Type));
    }

    /// <summary>Sets what <see cref="Upsert"/> needs beside the key.</summary>
    public static void Bind(SqliteCommand command, Entry entry)
    {
        command.Bind("$ttl", (long)entry.Ttl);
        command.Bind("$records", JsonSerializer.Serialize([.. entry.Records.Select(r => r.Text)], EntryJson.Default.ListString));
        command.Bind("$enabled", entry.Enabled ? 1 : 0);
        command.Bind("$namespaces", JsonSerializer.Serialize([.. entry.Namespaces], EntryJson.Default.ListString));
        command.Bind("$comment", entry.Comment);
        command.Bind("$labels", JsonSerializer.Serialize(
            new SortedDictionary<string, string>(entry.Labels.ToDictionary(), StringComparer.Ordinal),
            EntryJson.Default.SortedDictionaryStringString));
        command.Bind("$expires_at", entry.ExpiresAt?.ToUnixTimeMilliseconds());
        command.Bind("$pass_through", entry.PassThrough ? 1 : 0);
        command.Bind("$auto_ptr", entry.AutoPtr ? 1 : 0);
        command.Bind("$source", entry.Source);
        command.Bind("$revision", entry.Revision);
        command.Bind("$created_at", entry.CreatedAt.ToUnixTimeMilliseconds());
        command.Bind("$updated_at", entry.UpdatedAt.ToUnixTimeMilliseconds());
    }

    /// <summary>Reads the row; false, and why, when no version of this program could have written it.</summary>
    public static bool TryRead(SqliteDataReader row, [NotNullWhen(true)] out Entry? entry, [NotNullWhen(false)] out string? error)
    {
        entry = null;
        string where = $"the stored entry {row["name"]} {row["type"]}";
        if (!DnsName.TryParse(Text(row, "name"), out DnsName name, out error)
            || !RecordTypeText.TryRead(Text(row, "type"), out RecordType type))
        {
            error = $"{where} cannot be read: {error ?? "its type is unknown"}";
            return false;
        }

        var records = new List<EntryRecord>();
        foreach (string text in Json(row, "records", EntryJson.Default.ListString))
        {
            if (!RecordText.TryRead(type, text, out byte[] data, out error))
            {
                error = $"{where} cannot be read: {error}";
                return false;
            }

            records.Add(new EntryRecord(text, data));
        }

        entry = Read(row, name, type, records);
        error = null;
        return true;
    }

    private static Entry Read(SqliteDataReader row, DnsName name, RecordType type, List<EntryRecord> records) => new()
    {
        Name = name,
        Type = type,
        Ttl = (uint)Number(row, "ttl"),
        Records = records,
        Enabled = Number(row, "enabled") != 0,
        Namespaces = Json(row, "namespaces", EntryJson.Default.ListString),
        Comment = row["comment"] as string,
        Labels = Json(row, "labels", EntryJson.Default.SortedDictionaryStringString),
        ExpiresAt = row["expires_at"] is long ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null,
        PassThrough = Number(row, "pass_through") != 0,
        AutoPtr = Number(row, "auto_ptr") != 0,
        Source = Text(row, "source"),
        Revision = Number(row, "revision"),
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(Number(row, "created_at")),
        UpdatedAt = DateTimeOffset.FromUnixTimeMilliseconds(Number(row, "updated_at")),
    };

    private static string Text(SqliteDataReader row, string column) => (string)row[column];

    private static long Number(SqliteDataReader row, string column) => (long)row[column];

    /// <exception cref="InvalidCastException">The column holds other JSON.</exception>
    private static T Json<T>(SqliteDataReader row, string column, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(Text(row, column), type) ?? throw new InvalidCastException($"{column} is null");
        }
        catch (JsonException e)
        {
            throw new InvalidCastException($"the column {column} of {row["name"]} is not what it should be", e);
        }
    }
}
