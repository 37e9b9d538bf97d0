namespace KubeDoH.Tests;

/// <summary>Tests that weigh the heap, which is the whole process's: nothing else may run beside them.</summary>
[CollectionDefinition(nameof(HeapAlone), DisableParallelization = true)]
public sealed class HeapAlone;

/// <summary>What earlier tests left behind may go while something is weighed: in one of three rounds, not in two.</summary>
internal static class HeapRounds
{
    public const int Count = 3;

    public static long Median(IEnumerable<long> bytes) => bytes.Order().ElementAt(Count / 2);
}
