namespace KubeDoH.Tests;

/// <summary>Tests that weigh the heap, which is the whole process's: nothing else may run beside them.</summary>
[CollectionDefinition(nameof(HeapAlone), DisableParallelization = true)]
public sealed class HeapAlone;
