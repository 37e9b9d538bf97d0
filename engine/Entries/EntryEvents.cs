using System.Runtime.CompilerServices;

namespace KubeDoH.Engine.Entries;

/// <summary>The write that follows a revision, or a piece of it.</summary>
/// <param name="Known">False when the history does not reach back so far, or the revision is none of this store's.</param>
/// <param name="Changes">Null when nothing has been written since.</param>
/// <param name="End">Where the piece ends: what the next one is read after.</param>
internal readonly record struct NextWrite(bool Known, EntryChanges? Changes, long End = 0)
{
    public static readonly NextWrite TooOld = new(false, null);

    public static readonly NextWrite Unreadable = new(false, null) { IsUnreadable = true };

    public static readonly NextWrite NotYet = new(true, null);

    /// <summary>Nothing is known because the store cannot be read now.</summary>
    public bool IsUnreadable { get; private init; }
}

/// <summary>The writes after a revision.</summary>
/// <param name="Changes">Null where not every one of them is known any more, or the store cannot be read.</param>
/// <param name="IsUnreadable">The store cannot be read now; later the writes may be known.</param>
public readonly record struct EntryResumption(IAsyncEnumerable<EntryChanges>? Changes, bool IsUnreadable = false);

/// <summary>
/// The writes after a revision, old ones out of the history and new ones as they come. Each is read when its turn is there, and a
/// large one piece by piece, so a reader that is slow costs no memory; one so slow that the history has gone on without it is told so
/// by the end, as is one whose store cannot be read any more.
/// </summary>
internal static class EntryEvents
{
    /// <summary>Changes that are read at once.</summary>
    public const int Piece = 1000;

    /// <summary>Reads behind a revision, and where that write was begun already, behind a piece of it.</summary>
    public delegate ValueTask<NextWrite> Reader(long revision, long piece, CancellationToken cancellationToken);

    public static async ValueTask<EntryResumption> ResumeAsync(
        EntryLedger ledger, long revision, Reader read, CancellationToken cancellationToken)
    {
        NextWrite next = await read(revision, 0, cancellationToken).ConfigureAwait(false);
        return next.Known
            ? new EntryResumption(FollowAsync(ledger, revision, read, cancellationToken))
            : new EntryResumption(null, next.IsUnreadable);
    }

    private static async IAsyncEnumerable<EntryChanges> FollowAsync(
        EntryLedger ledger, long revision, Reader read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long piece = 0;
        while (true)
        {
            // Taken before the read: a write in between then ends the wait at once.
            Task written = ledger.Written;
            NextWrite next = await read(revision, piece, cancellationToken).ConfigureAwait(false);
            if (!next.Known) yield break;
            if (next.Changes is not { } changes)
            {
                await written.WaitAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            yield return changes;
            piece = changes.Continues ? next.End : 0;
            if (!changes.Continues) revision = changes.Revision;
        }
    }
}
