namespace KubeDoH.Tests.Fuzz;

/// <summary>Something that takes bytes of strangers. It refuses them or keeps its promises about them; all else throws.</summary>
/// <param name="Name">As a command line and the folders of findings have it.</param>
internal sealed record FuzzTarget(string Name, Action<byte[]> Aim)
{
    /// <summary>Octets that one input may allocate at most, whatever it says: far above what any sound input costs.</summary>
    public const long MostAllocated = 64 * 1024 * 1024;

    /// <summary>An input longer than the longest DNS message tells nothing new.</summary>
    public const int LongestInput = 128 * 1024;

    public void Run(byte[] input)
    {
        if (input.Length > LongestInput) return;
        long before = GC.GetAllocatedBytesForCurrentThread();
        Aim(input);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Broken.If(allocated > MostAllocated, $"{allocated} octets were allocated for {input.Length} octets of input");
    }
}

/// <summary>A promise was broken.</summary>
internal sealed class Broken : Exception
{
    public Broken()
    {
    }

    public Broken(string message)
        : base(message)
    {
    }

    public Broken(string message, Exception inner)
        : base(message, inner)
    {
    }

    public static void If(bool broken, string promise)
    {
        if (broken) throw new Broken(promise);
    }
}
