namespace KubeDoH.Engine.Entries;

/// <summary>
/// Takes entries out of the store some time after they have expired. Nobody waits for it: from its moment on an expired entry
/// answers nothing, is not listed, and counts as absent for a write.
/// </summary>
internal sealed class EntryExpiry(IEntryStore store, TimeProvider time)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Entries in one write, so that people's writes get their turn in between.</summary>
    public const int BatchSize = 500;

    /// <summary>Runs until cancelled. What the store cannot do now is tried again at the next interval.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                while (await store.RemoveExpiredAsync(BatchSize, cancellationToken).ConfigureAwait(false) == BatchSize)
                {
                }
            }
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }
}
