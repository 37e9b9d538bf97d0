using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDoH.Engine.Entries;

/// <summary>Entries in one SQLite file that belongs to this process: each acknowledged write has been synced to the disk.</summary>
internal sealed class SqliteEntryStore : IEntryStore
{
    private readonly string _path;
    private readonly EntryLedger _ledger;
    private readonly DiskTrouble _reads, _writes;
    private readonly SemaphoreSlim _writing = new(1, 1);

    private SqliteEntryStore(string path, SqliteEntryFile file, EntryLedger ledger, ILogger logger)
    {
        _path = path;
        File = file;
        _ledger = ledger;
        _reads = new DiskTrouble(path, "read", logger);
        _writes = new DiskTrouble(path, "written", logger);
    }

    public EntryStoreCapabilities Capabilities { get; } = new(AtomicBatches: true, Durable: true, Restore: true);

    internal SqliteEntryFile File { get; }

    /// <summary>
    /// Opens the file or makes it. A file that is in use, corrupt or not ours is left as it is, and the error says which and why.
    /// </summary>
    /// <param name="historyLimit">How many changes of the past are kept.</param>
    /// <param name="mostEntries">How many entries there may be.</param>
    /// <param name="logger">Is told when the disk gets in the way later, and when it no longer does.</param>
    public static bool TryOpen(
        string path, TimeProvider time, [NotNullWhen(true)] out SqliteEntryStore? store, [NotNullWhen(false)] out string? error,
        int historyLimit = StoreOptions.DefaultHistory, int mostEntries = StoreOptions.DefaultMaxEntries,
        ILogger<SqliteEntryStore>? logger = null)
    {
        store = null;
        if (!SqliteEntryFile.TryOpen(path, historyLimit, out SqliteEntryFile? file, out error)) return false;
        if (!file.TryRead(out List<Entry> entries, out long revision, out error))
        {
            file.Dispose();
            return false;
        }

        var ledger = new EntryLedger(time, mostEntries);
        ledger.Load(entries, revision);
        store = new SqliteEntryStore(path, file, ledger, logger ?? NullLogger<SqliteEntryStore>.Instance);
        return true;
    }

    public string Describe() => _path;

    public IAsyncEnumerable<EntryChanges> WatchAsync(CancellationToken cancellationToken) => _ledger.WatchAsync(cancellationToken);

    public ValueTask<EntryResumption> ResumeAsync(long revision, CancellationToken cancellationToken) =>
        EntryEvents.ResumeAsync(_ledger, revision, ReadNextAsync, cancellationToken);

    public ValueTask<StoreResult> WriteAsync(
        IReadOnlyList<EntryWrite> writes, EntryAuthor author, bool dryRun, CancellationToken cancellationToken) =>
        AloneAsync(() => Write(_ledger.Plan(writes, author), dryRun), cancellationToken);

    public ValueTask<StoreResult> RestoreAsync(
        IReadOnlyList<Entry> entries, long revision, EntryAuthor author, bool dryRun, CancellationToken cancellationToken) =>
        AloneAsync(() => Write(_ledger.PlanRestore(entries, revision, author), dryRun), cancellationToken);

    public ValueTask<int> RemoveExpiredAsync(int atMost, CancellationToken cancellationToken) =>
        AloneAsync(() => RemoveExpired(atMost), cancellationToken);

    public ValueTask<EntryHistoryPage?> ReadHistoryAsync(EntryHistoryFilter filter, CancellationToken cancellationToken) =>
        AloneAsync(() => Read<EntryHistoryPage?>(() => File.ReadHistory(filter), null), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        File.Dispose();
    }

    private ValueTask<NextWrite> ReadNextAsync(long after, long piece, CancellationToken cancellationToken) =>
        AloneAsync(() => ReadNext(after, piece), cancellationToken);

    /// <summary>Whoever waits for the next write does not touch the disk.</summary>
    private NextWrite ReadNext(long after, long piece) =>
        after == _ledger.Revision ? NextWrite.NotYet : Read(() => File.ReadNext(after, piece), NextWrite.Unreadable);

    private StoreResult Write((StoreResult Result, EntryChanges Changes) plan, bool dryRun) =>
        !dryRun && TryCommit(plan.Changes) is { } trouble
            ? StoreResult.All(_ledger.Revision, plan.Result.Writes.Count, trouble)
            : plan.Result;

    private int RemoveExpired(int atMost)
    {
        EntryChanges changes = _ledger.PlanExpiry(atMost);
        return TryCommit(changes) is null ? changes.Items.Count : 0;
    }

    /// <summary>Stores the changes, then shows them; what stood in the way, and then nothing has happened.</summary>
    private StoreOutcome? TryCommit(EntryChanges changes)
    {
        if (changes.Items.Count == 0) return null;
        try
        {
            File.Write(changes);
        }
        catch (SqliteException e)
        {
            _writes.Begin(e);
            return e.SqliteErrorCode == SqliteEntryFile.DiskFull ? StoreOutcome.Full : StoreOutcome.Unavailable;
        }

        _writes.End();
        _ledger.Commit(changes);
        return null;
    }

    /// <summary>What is read, or <paramref name="otherwise"/> where the disk is in the way.</summary>
    private T Read<T>(Func<T> read, T otherwise)
    {
        try
        {
            T found = read();
            _reads.End();
            return found;
        }
        catch (SqliteException e)
        {
            _reads.Begin(e);
            return otherwise;
        }
    }

    /// <summary>One at a time has the file and the next revision.</summary>
    private async ValueTask<T> AloneAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return work();
        }
        finally
        {
            _writing.Release();
        }
    }
}
