using KubeDoH.Engine.Wire;
using Microsoft.Data.Sqlite;

namespace KubeDoH.Engine.Entries;

/// <summary>
/// Writes changes, the history of them and the revision in one transaction. The statements are prepared once: a batch of many
/// entries is the same few statements again and again.
/// </summary>
/// <param name="historyLimit">So many changes of the past are kept, and the rest of the oldest write among them.</param>
internal sealed class SqliteEntryWriter(SqliteConnection connection, int historyLimit) : IDisposable
{
    private readonly SqliteCommand _put = connection.Command(SqliteEntryRow.Upsert);
    private readonly SqliteCommand _delete = connection.Command("DELETE FROM entry WHERE name = $name AND type = $type");
    private readonly SqliteCommand _counter = connection.Command("UPDATE counter SET revision = $revision");
    private readonly SqliteCommand _remember = connection.Command("""
        INSERT INTO history (revision, at, author, address, name, type, before, after)
        VALUES ($revision, $at, $author, $address, $name, $type, $before, $after)
        """);

    /// <summary>Whole writes only: who follows the writes must not be sent a part of one.</summary>
    private readonly SqliteCommand _forget = connection.Command("""
        DELETE FROM history WHERE revision <
            (SELECT revision FROM history WHERE id = (SELECT max(id) FROM history) - $limit + 1)
        """);

    /// <summary>The changes are on the disk when this returns.</summary>
    /// <exception cref="SqliteException">Nothing was written.</exception>
    public void Write(EntryChanges changes)
    {
        Abandon();
        connection.Run("BEGIN IMMEDIATE");
        try
        {
            foreach (EntryChange change in changes.Items)
            {
                WriteEntry(change);
                WriteHistory(changes, change);
            }

            _forget.Bind("$limit", historyLimit);
            _forget.ExecuteNonQuery();
            _counter.Bind("$revision", changes.Revision);
            _counter.ExecuteNonQuery();
            connection.Run("COMMIT");
        }
        catch
        {
            Abandon();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (SqliteCommand command in new[] { _put, _delete, _counter, _remember, _forget }) command.Dispose();
    }

    /// <summary>Ends a transaction that is still open after trouble; when even that fails, the next write tries it again.</summary>
    private void Abandon()
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) != 0) return;
        try
        {
            connection.Run("ROLLBACK");
        }
        catch (SqliteException)
        {
        }
    }

    private void WriteEntry(EntryChange change)
    {
        SqliteCommand command = change.Entry is null ? _delete : _put;
        command.BindKey(change.Key);
        if (change.Entry is { } entry) SqliteEntryRow.Bind(command, entry);
        command.ExecuteNonQuery();
    }

    private void WriteHistory(EntryChanges changes, EntryChange change)
    {
        _remember.Bind("$revision", changes.Revision);
        _remember.Bind("$at", changes.At.ToUnixTimeMilliseconds());
        _remember.Bind("$author", changes.Author.Name);
        _remember.Bind("$address", changes.Author.Address);
        _remember.BindKey(change.Key);
        _remember.Bind("$before", EntrySnapshot.Write(change.Before));
        _remember.Bind("$after", EntrySnapshot.Write(change.Entry));
        _remember.ExecuteNonQuery();
    }
}
