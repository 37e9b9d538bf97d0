using System.Runtime.CompilerServices;

namespace KubeDoH.Engine.Entries;

/// <summary>The write that follows a revision.</summary>
/// <param name="Known">False when the history does not reach back so far, or the revision is none of this store's.</param>
/// <param name="Changes">Null when nothing has been written since.</param>
internal readonly record struct NextWrite(bool Known, EntryChanges? Changes)
{
    public static readonly NextWrite TooOld = new(false, null);

    public static readonly NextWrite NotYet = new(true, null);
}

/// <summary>
/// The writes after a revision, old ones out of the history and new ones as they come. Each is read when its turn is there, so a
/// reader that is slow costs no memory; one so slow that the history has gone on without it is told so by the end.
/// </summary>
internal static class EntryEvents
{
    /// <returns>Null when not every write after the revision is known.</returns>
    public static async ValueTask<IAsyncEnumerable<EntryChanges>?> ResumeAsync(
        EntryLedger ledger, long revision, Func<long, CancellationToken, ValueTask<NextWrite>> read, CancellationToken cancellationToken) =>
        (await read(revision, cancellationToken).ConfigureAwait(false)).Known
            ? FollowAsync(ledger, revision, read, cancellationToken)
            : null;

    private static async IAsyncEnumerable<EntryChanges> FollowAsync(
        EntryLedger ledger, long revision, Func<long, CancellationToken, ValueTask<NextWrite>> read,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            // Taken before the read: a write in between then ends the wait at once.
            Task written = ledger.Written;
            NextWrite next = await read(revision, cancellationToken).ConfigureAwait(false);
            if (!next.Known) yield break;
            if (next.Changes is not { } changes)
            {
                await written.WaitAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            yield return changes;
            revision = changes.Revision;
        }
    }
}
