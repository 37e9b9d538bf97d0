namespace KubeDoH.Tests;

/// <summary>Tests that weigh the heap, which is the whole process's: nothing else may run beside them.</summary>
[CollectionDefinition(nameof(HeapAlone), DisableParallelization = true)]
public sealed class HeapAlone;

/// <summary>What earlier tests left behind may go while something is weighed: in one of three rounds, not in two.</summary>
internal static class HeapRounds
{
    public const int Count = 3;

    private const long Grain = 64 * 1024;
    private const int MostCollections = 20;

    /// <summary>
    /// The heap's bytes when nothing more goes: what has a finalizer goes with the collection behind the one that found it, and a forced
    /// collection by itself is content with the last twentieth of a heap, which is more than what is weighed.
    /// </summary>
    public static long Settled()
    {
        long before, now = GC.GetTotalMemory(forceFullCollection: true);
        int collections = 0;
        do
        {
            before = now;
            GC.WaitForPendingFinalizers();
            now = GC.GetTotalMemory(forceFullCollection: true);
        }
        while (before - now > Grain && ++collections < MostCollections);
        return now;
    }

    public static long Median(IEnumerable<long> bytes) => bytes.Order().ElementAt(Count / 2);
}
