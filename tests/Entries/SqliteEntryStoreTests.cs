using KubeDoH.Engine.Entries;
using KubeDoH.Tests.Files;
using Microsoft.Data.Sqlite;

namespace KubeDoH.Tests.Entries;

public sealed class SqliteEntryStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.PathOf("data/entries.db");

    [Fact]
    public async Task Entry_is_the_same_after_reopening_and_revisions_go_on()
    {
        Entry entry = EntryTestData.Whole();
        Entry stored;
        long last;
        await using (SqliteEntryStore store = Open())
        {
            stored = (await store.WriteAsync(EntryWrite.Put(entry))).Writes[0].Entry!;
            await store.WriteAsync(EntryWrite.Put(EntryTestData.Entry("b.example", "A", "192.0.2.1")));
            last = (await store.WriteAsync(EntryWrite.Delete(EntryTestData.Key("b.example")))).Revision;
        }

        await using SqliteEntryStore again = Open();
        Entry read = (await FirstAsync(again)).Items.Single().Entry!;
        StoreResult next = await again.WriteAsync(EntryWrite.Put(EntryTestData.Entry("b.example", "A", "192.0.2.1")));

        Assert.True(read.SameContent(stored));
        Assert.Equal((stored.Revision, stored.CreatedAt, stored.UpdatedAt), (read.Revision, read.CreatedAt, read.UpdatedAt));
        Assert.Equal(stored.Records.Select(r => Convert.ToHexString(r.Data)), read.Records.Select(r => Convert.ToHexString(r.Data)));
        Assert.True(next.Revision > last);
    }

    [Fact]
    public async Task Reads_of_a_file_that_cannot_be_read_say_so_and_events_end()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await using SqliteEntryStore store = Open();
        await store.WriteAsync(EntryWrite.Put(EntryTestData.Entry("a.example", "A", "192.0.2.1")));
        await using IAsyncEnumerator<EntryChanges> events = (await store.ResumeAsync(0, stop)).Changes!.GetAsyncEnumerator(stop);
        store.File.Execute("ALTER TABLE history RENAME TO lost");

        Assert.Null(await store.ReadHistoryAsync(new EntryHistoryFilter(), stop));
        Assert.Equal(new EntryResumption(null, IsUnreadable: true), await store.ResumeAsync(0, stop));
        Assert.False(await events.MoveNextAsync());

        store.File.Execute("ALTER TABLE lost RENAME TO history");
        Assert.Single((await store.ReadHistoryAsync(new EntryHistoryFilter(), stop))!.Items);
        Assert.Equal(new EntryResumption(null), await store.ResumeAsync(7, stop));
    }

    [Theory]
    [InlineData("journal_mode", "wal")]
    [InlineData("synchronous", "2")]
    [InlineData("foreign_keys", "1")]
    [InlineData("busy_timeout", "5000")]
    [InlineData("user_version", "2")]
    public async Task Setting_is_that_of_a_durable_store(string name, string expected)
    {
        await using SqliteEntryStore store = Open();

        Assert.Equal(expected, store.File.Text($"PRAGMA {name}"));
    }

    [Fact]
    public async Task Second_store_on_the_file_is_refused_until_the_first_is_gone()
    {
        await using (Open())
        {
            Assert.Contains("in use by another process", Refusal(), StringComparison.Ordinal);
        }

        await Open().DisposeAsync();
    }

    [Fact]
    public void Text_file_is_reported_and_left_as_it_is()
    {
        _folder.Write("data/entries.db", new string('x', 5000));
        byte[] before = File.ReadAllBytes(Path);

        Assert.Contains(Path, Refusal(), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Path));
    }

    [Fact]
    public void File_of_another_program_is_reported_and_left_as_it_is()
    {
        Execute("CREATE TABLE bookmarks (url TEXT)");
        byte[] before = File.ReadAllBytes(Path);

        Assert.Contains("another program", Refusal(), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Path));
    }

    [Fact]
    public async Task File_of_a_later_schema_is_reported_and_left_as_it_is()
    {
        await Open().DisposeAsync();
        Execute("PRAGMA user_version = 99");
        byte[] before = File.ReadAllBytes(Path);

        Assert.Contains("schema 99", Refusal(), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Path));
    }

    [Fact]
    public async Task Corrupt_page_is_reported_and_left_as_it_is()
    {
        await using (SqliteEntryStore store = Open())
        {
            await store.WriteAsync(
                [.. Enumerable.Range(0, 300).Select(i => EntryWrite.Put(EntryTestData.Entry($"n{i}.example", "A", "192.0.2.1")))]);
        }

        using (FileStream file = File.OpenWrite(Path))
        {
            file.Seek(3 * 4096, SeekOrigin.Begin);
            file.Write(Enumerable.Repeat((byte)0xa5, 2 * 4096).ToArray());
        }

        byte[] before = File.ReadAllBytes(Path);
        Assert.Contains(Path, Refusal(), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Path));
    }

    [Fact]
    public async Task Row_that_does_not_parse_is_named()
    {
        await using (SqliteEntryStore store = Open())
            await store.WriteAsync(EntryWrite.Put(EntryTestData.Entry("a.example", "A", "192.0.2.1")));
        Execute("UPDATE entry SET records = '[\"nonsense\"]'");

        Assert.Contains("a.example. A", Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PRAGMA query_only = ON", "PRAGMA query_only = OFF", StoreOutcome.Unavailable)]
    [InlineData("PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000", StoreOutcome.Full)]
    public async Task Trouble_of_the_disk_is_an_outcome_and_the_store_goes_on_afterwards(
        string trouble, string relief, StoreOutcome expected)
    {
        await using SqliteEntryStore store = Open();
        EntryWrite[] many = [.. Enumerable.Range(0, 500)
            .Select(i => EntryWrite.Put(EntryTestData.Entry($"n{i}.example", "TXT", new string('x', 200))))];
        store.File.Execute(trouble);

        StoreResult result = await store.WriteAsync(many);
        EntryChanges meanwhile = await FirstAsync(store);
        store.File.Execute(relief);
        StoreResult later = await store.WriteAsync(many);

        Assert.All(result.Writes, w => Assert.Equal(expected, w.Outcome));
        Assert.Empty(meanwhile.Items);
        Assert.True(later.Succeeded);
    }

    public void Dispose() => _folder.Dispose();

    private SqliteEntryStore Open()
    {
        Assert.True(SqliteEntryStore.TryOpen(Path, EntryTestData.Clock(), out SqliteEntryStore? store, out string? error), error);
        return store;
    }

    private string Refusal()
    {
        Assert.False(SqliteEntryStore.TryOpen(Path, EntryTestData.Clock(), out _, out string? error));
        return error;
    }

    private void Execute(string sql)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static async Task<EntryChanges> FirstAsync(SqliteEntryStore store)
    {
        await using IAsyncEnumerator<EntryChanges> watch = store.WatchAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());
        return watch.Current;
    }
}
