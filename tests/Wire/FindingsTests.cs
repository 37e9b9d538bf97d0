using KubeDoH.Tests.Fuzz;

namespace KubeDoH.Tests.Wire;

/// <summary>The inputs that fuzzing starts from and those that it found, each run again.</summary>
public sealed class FindingsTests
{
    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Known_inputs_break_no_promise(string target)
    {
        FuzzTarget aim = FuzzTargets.Find(target);
        Assert.All(Corpus.Inputs(target), aim.Run);
        Assert.All(Findings.FilesOf(target), file => aim.Run(File.ReadAllBytes(file)));
    }

    [Fact]
    public void Input_that_costs_too_much_memory_breaks_a_promise()
    {
        var greedy = new FuzzTarget("greedy", _ => GC.KeepAlive(new byte[FuzzTarget.MostAllocated + 1]));

        Assert.Throws<Broken>(() => greedy.Run([1]));
    }
}
