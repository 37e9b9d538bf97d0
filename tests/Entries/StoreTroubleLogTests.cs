using KubeDoH.Engine.Entries;
using KubeDoH.Tests.Fakes;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Entries;

/// <summary>What the log says of a disk that is in the way: each spell of trouble once, and once that it is over.</summary>
public sealed class StoreTroubleLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LogLines _log = new();

    private string Path => _folder.PathOf("entries.db");

    [Fact]
    public async Task Writes_that_fail_are_told_once_and_the_first_that_is_stored_again_once()
    {
        await using SqliteEntryStore store = Open();
        await PutAsync(store, "192.0.2.1");
        Assert.Empty(_log.All);

        store.File.Execute("PRAGMA query_only = ON");
        for (int i = 2; i < 5; i++) Assert.False((await PutAsync(store, $"192.0.2.{i}")).Succeeded);
        string trouble = Assert.Single(_log.All);
        Assert.StartsWith($"Error: The entries in {Path} cannot be written: SQLite Error 8: ", trouble, StringComparison.Ordinal);

        store.File.Execute("PRAGMA query_only = OFF");
        for (int i = 2; i < 5; i++) Assert.True((await PutAsync(store, $"192.0.2.{i}")).Succeeded);
        Assert.Equal([trouble, $"Information: The entries in {Path} can be written again"], _log.All);

        store.File.Execute("PRAGMA query_only = ON");
        await PutAsync(store, "192.0.2.9");
        Assert.Equal(trouble, _log.All[2]);
    }

    [Fact]
    public async Task Disk_that_is_full_is_told_too()
    {
        await using SqliteEntryStore store = Open();
        store.File.Execute("PRAGMA max_page_count = 1");

        EntryWrite[] many = [.. Enumerable.Range(0, 500).Select(i => Put("192.0.2.1", $"n{i}.example"))];
        for (int i = 0; i < 3; i++) Assert.False((await store.WriteAsync(many)).Succeeded);

        Assert.StartsWith(
            $"Error: The entries in {Path} cannot be written: SQLite Error 13: ", Assert.Single(_log.All), StringComparison.Ordinal);
    }

    /// <summary>
    /// A write that changes nothing, one for show and a wait for the next change do not touch the disk: they tell nothing of it.
    /// </summary>
    [Fact]
    public async Task What_does_not_touch_the_disk_ends_no_spell()
    {
        await using SqliteEntryStore store = Open();
        StoreResult first = await PutAsync(store, "192.0.2.1");
        store.File.Execute("ALTER TABLE history RENAME TO lost");
        Assert.False((await PutAsync(store, "192.0.2.2")).Succeeded);
        Assert.Null(await store.ReadHistoryAsync(new EntryHistoryFilter(), Cancelled));

        Assert.True((await PutAsync(store, "192.0.2.1")).Succeeded);
        Assert.True((await store.WriteAsync([Put("192.0.2.3")], EntryTestData.Author, dryRun: true, Cancelled)).Succeeded);
        Assert.NotNull((await store.ResumeAsync(first.Revision, Cancelled)).Changes);

        Assert.Equal(2, _log.All.Count);
    }

    /// <summary>The disk may let reads through and no writes: the two have a spell each.</summary>
    [Fact]
    public async Task Reads_that_fail_are_told_once_whatever_becomes_of_writes()
    {
        await using SqliteEntryStore store = Open();
        await PutAsync(store, "192.0.2.1");
        store.File.Execute("PRAGMA query_only = ON");
        for (int i = 2; i < 5; i++)
        {
            await PutAsync(store, $"192.0.2.{i}");
            Assert.NotNull(await store.ReadHistoryAsync(new EntryHistoryFilter(), Cancelled));
        }

        Assert.Single(_log.All);
        store.File.Execute("PRAGMA query_only = OFF");
        store.File.Execute("ALTER TABLE history RENAME TO lost");
        Assert.Null(await store.ReadHistoryAsync(new EntryHistoryFilter(), Cancelled));
        Assert.True((await store.ResumeAsync(0, Cancelled)).IsUnreadable);
        string trouble = _log.All[^1];
        Assert.StartsWith($"Error: The entries in {Path} cannot be read: SQLite Error 1: ", trouble, StringComparison.Ordinal);

        store.File.Execute("ALTER TABLE lost RENAME TO history");
        Assert.NotNull((await store.ResumeAsync(0, Cancelled)).Changes);
        Assert.NotNull(await store.ReadHistoryAsync(new EntryHistoryFilter(), Cancelled));
        Assert.Equal([trouble, $"Information: The entries in {Path} can be read again"], _log.All.Skip(1));
    }

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static EntryWrite Put(string address, string name = "a.example") => EntryWrite.Put(EntryTestData.Entry(name, "A", address));

    private static ValueTask<StoreResult> PutAsync(SqliteEntryStore store, string address) => store.WriteAsync(Put(address));

    private SqliteEntryStore Open()
    {
        var logger = new LogLines<SqliteEntryStore>(_log);
        Assert.True(SqliteEntryStore.TryOpen(
            Path, EntryTestData.Clock(), out SqliteEntryStore? store, out string? error, logger: logger), error);
        return store;
    }
}
