using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace KubeDoH.Engine.Entries;

/// <summary>Entries in one SQLite file that belongs to this process: each acknowledged write has been synced to the disk.</summary>
internal sealed class SqliteEntryStore : IEntryStore
{
    private readonly string _path;
    private readonly EntryLedger _ledger;
    private readonly SemaphoreSlim _writing = new(1, 1);

    private SqliteEntryStore(string path, SqliteEntryFile file, EntryLedger ledger)
    {
        _path = path;
        File = file;
        _ledger = ledger;
    }

    public EntryStoreCapabilities Capabilities { get; } = new(AtomicBatches: true, Durable: true);

    internal SqliteEntryFile File { get; }

    /// <summary>
    /// Opens the file or makes it. A file that is in use, corrupt or not ours is left as it is, and the error says which and why.
    /// </summary>
    public static bool TryOpen(
        string path, TimeProvider time, [NotNullWhen(true)] out SqliteEntryStore? store, [NotNullWhen(false)] out string? error)
    {
        store = null;
        if (!SqliteEntryFile.TryOpen(path, out SqliteEntryFile? file, out error)) return false;
        if (!file.TryRead(out List<Entry> entries, out long revision, out error))
        {
            file.Dispose();
            return false;
        }

        var ledger = new EntryLedger(time);
        ledger.Load(entries, revision);
        store = new SqliteEntryStore(path, file, ledger);
        return true;
    }

    public string Describe() => _path;

    public IAsyncEnumerable<EntryChanges> WatchAsync(CancellationToken cancellationToken) => _ledger.WatchAsync(cancellationToken);

    public async ValueTask<StoreResult> WriteAsync(IReadOnlyList<EntryWrite> writes, bool dryRun, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            (StoreResult result, EntryChanges changes) = _ledger.Plan(writes);
            if (dryRun || changes.Items.Count == 0) return result;
            File.Write(changes);
            _ledger.Commit(changes);
            return result;
        }
        catch (SqliteException e)
        {
            StoreOutcome trouble = e.SqliteErrorCode == SqliteEntryFile.DiskFull ? StoreOutcome.Full : StoreOutcome.Unavailable;
            return new StoreResult(_ledger.Revision, [.. writes.Select(_ => new WriteResult(trouble))]);
        }
        finally
        {
            _writing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        File.Dispose();
    }
}
