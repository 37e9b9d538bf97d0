using KubeDoH.Engine.Entries;
using KubeDoH.Tests.Files;
using Microsoft.Data.Sqlite;

namespace KubeDoH.Tests.Entries;

/// <summary>A file of the first schema, as the program wrote it before there was a history.</summary>
public sealed class SqliteMigrationTests : IDisposable
{
    private const string FirstSchema = """
        PRAGMA journal_mode=WAL;
        CREATE TABLE counter (id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER NOT NULL) STRICT;
        INSERT INTO counter VALUES (1, 41);
        CREATE TABLE entry (
            name TEXT NOT NULL, type TEXT NOT NULL, ttl INTEGER NOT NULL, records TEXT NOT NULL, enabled INTEGER NOT NULL,
            namespaces TEXT NOT NULL, comment TEXT, labels TEXT NOT NULL, expires_at INTEGER, pass_through INTEGER NOT NULL,
            auto_ptr INTEGER NOT NULL, source TEXT NOT NULL, revision INTEGER NOT NULL, created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL, PRIMARY KEY (name, type)) STRICT, WITHOUT ROWID;
        INSERT INTO entry VALUES ('a.example.', 'A', 60, '["192.0.2.1"]', 1, '["shop"]', 'old', '{"team":"data"}', NULL, 0, 1, 'api', 40,
            1795428000000, 1795428000000);
        PRAGMA application_id=1262776136;
        PRAGMA user_version=1;
        """;

    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.PathOf("entries.db");

    [Fact]
    public async Task File_of_the_first_schema_keeps_its_entries_and_goes_on()
    {
        Run(FirstSchema);

        Assert.True(SqliteEntryStore.TryOpen(Path, EntryTestData.Clock(), out SqliteEntryStore? store, out string? error), error);
        await using (store)
        {
            CancellationToken stop = TestContext.Current.CancellationToken;
            await using IAsyncEnumerator<EntryChanges> watch = store.WatchAsync(stop).GetAsyncEnumerator(stop);
            Assert.True(await watch.MoveNextAsync());
            Entry entry = watch.Current.Items.Single().Entry!;
            StoreResult next = await store.WriteAsync(EntryWrite.Put(EntryTestData.Entry("a.example", "A", "192.0.2.2")));
            EntryHistoryItem item = (await store.ReadHistoryAsync(new EntryHistoryFilter(), stop))!.Items.Single();

            Assert.Equal((40L, "old", "192.0.2.1"), (entry.Revision, entry.Comment, entry.Records.Single().Text));
            Assert.Equal(42, next.Revision);
            Assert.True(item.Before!.SameContent(entry));
            Assert.Equal(2, store.File.Number("PRAGMA user_version"));
            Assert.Null((await store.ResumeAsync(40, TestContext.Current.CancellationToken)).Changes);
            Assert.NotNull((await store.ResumeAsync(41, TestContext.Current.CancellationToken)).Changes);
        }

        Assert.True(SqliteEntryStore.TryOpen(Path, EntryTestData.Clock(), out store, out error), error);
        await store.DisposeAsync();
    }

    /// <summary>A table is in the way of the second step, so that it fails after the first statement.</summary>
    [Fact]
    public void Migration_that_fails_leaves_the_file_in_its_schema()
    {
        Run(FirstSchema + "CREATE TABLE history_name (x INTEGER);");

        Assert.False(SqliteEntryStore.TryOpen(Path, EntryTestData.Clock(), out _, out string? error));

        Assert.Contains("left as it is", error, StringComparison.Ordinal);
        using SqliteConnection connection = Connect();
        Assert.Equal(1, connection.Number("PRAGMA user_version"));
        Assert.Equal(0, connection.Number("SELECT count(*) FROM sqlite_schema WHERE name = 'history'"));
        Assert.Equal(1, connection.Number("SELECT count(*) FROM entry"));
    }

    public void Dispose() => _folder.Dispose();

    private void Run(string sql)
    {
        using SqliteConnection connection = Connect();
        connection.Run(sql);
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        return connection;
    }
}
