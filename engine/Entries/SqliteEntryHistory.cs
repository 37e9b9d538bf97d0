using KubeDoH.Engine.Wire;
using Microsoft.Data.Sqlite;

namespace KubeDoH.Engine.Entries;

/// <summary>Reads the table <c>history</c>, which <see cref="SqliteEntryWriter"/> writes.</summary>
internal static class SqliteEntryHistory
{
    private const string Columns = "SELECT id, revision, at, author, address, name, type, before, after FROM history";

    /// <exception cref="InvalidDataException">A row that this program cannot have written.</exception>
    public static EntryHistoryPage Read(SqliteConnection connection, EntryHistoryFilter filter)
    {
        (string Condition, string Parameter, object? Value)[] conditions =
        [
            ("name = $name", "$name", filter.Name?.ToString()),
            ("type = $type", "$type", filter.Type is { } type ? RecordTypeText.Write(type) : null),
            ("author = $author", "$author", filter.Author),
            ("at >= $since", "$since", Ceiling(filter.Since)),
            ("at < $until", "$until", Ceiling(filter.Until)),
        ];
        conditions = [.. conditions.Where(c => c.Value is not null)];
        string where = string.Concat(conditions.Select(c => $" AND {c.Condition}"));
        using SqliteCommand command = connection.Command($"{Columns} WHERE id < $before{where} ORDER BY id DESC LIMIT $limit");
        command.Bind("$before", filter.Before ?? long.MaxValue);
        command.Bind("$limit", (long)filter.Limit + 1);
        foreach ((_, string parameter, object? value) in conditions) command.Bind(parameter, value);
        return EntryHistoryPage.Of(Read(command), filter.Limit);
    }

    /// <summary>The first whole millisecond that is not before the moment: changes are kept by whole ones.</summary>
    private static long? Ceiling(DateTimeOffset? moment) => moment?.AddTicks(TimeSpan.TicksPerMillisecond - 1).ToUnixTimeMilliseconds();

    /// <summary>The write after <paramref name="after"/>, which is not the last; every revision has left at least one change.</summary>
    /// <param name="piece">The id of the last change of the write that was read already; 0 for none.</param>
    /// <exception cref="InvalidDataException">A row that this program cannot have written.</exception>
    public static NextWrite Next(SqliteConnection connection, long after, long piece)
    {
        using SqliteCommand command = connection.Command($"{Columns} WHERE revision = $revision AND id > $piece ORDER BY id LIMIT $limit");
        command.Bind("$revision", after + 1);
        command.Bind("$piece", piece);
        command.Bind("$limit", EntryEvents.Piece + 1);
        List<EntryHistoryItem> items = Read(command);
        if (items.Count == 0) return NextWrite.TooOld;
        bool continues = items.Count > EntryEvents.Piece;
        if (continues) items.RemoveAt(EntryEvents.Piece);
        EntryChange[] changes = [.. items.Select(i => new EntryChange(i.Key, i.After, i.Before))];
        var write =
            new EntryChanges(after + 1, Reset: false, changes) { At = items[0].At, Author = items[0].Author, Continues = continues };
        return new NextWrite(true, write, items[^1].Id);
    }

    private static List<EntryHistoryItem> Read(SqliteCommand command)
    {
        List<EntryHistoryItem> items = [];
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            string where = $"the stored change {row.GetInt64(0)}";
            if (!DnsName.TryParse(row.GetString(5), out DnsName name, out _)
                || !RecordTypeText.TryRead(row.GetString(6), out RecordType type))
                throw new InvalidDataException($"The name or the type of {where} cannot be read.");
            var key = new EntryKey(name, type);
            items.Add(new EntryHistoryItem(
                row.GetInt64(0), row.GetInt64(1), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)),
                new EntryAuthor(row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4)), key,
                row.IsDBNull(7) ? null : EntrySnapshot.Read(key, row.GetString(7), where),
                row.IsDBNull(8) ? null : EntrySnapshot.Read(key, row.GetString(8), where)));
        }

        return items;
    }
}
