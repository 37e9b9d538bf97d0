using KubeDoH.Tests.Fuzz;

namespace KubeDoH.Tests.Wire;

/// <summary>
/// The short form of <c>tests/hostile</c>: the same inputs from fixed seeds. All but one in 32 of them are messages; with the 400,000
/// messages of <see cref="GeneratedMessagesTests"/>, which runs beside it, they are more than a million.
/// </summary>
public sealed class SpoiltMessagesTests
{
    private const int Inputs = 320_000;

    [Theory]
    [InlineData(1034)]
    [InlineData(8484)]
    public void Spoilt_messages_break_no_promise(int seed)
    {
        var run = new HostileRun(seed);

        if (run.Run(() => run.Count == Inputs) is { } finding)
            Assert.Fail($"input {run.Count}: {finding.Why.Message}; kept as {Findings.Keep(finding.Target.Name, finding.Input)}");
    }

    [Fact]
    public void Inputs_of_a_seed_are_always_the_same()
    {
        HostileRun one = new(7), other = new(7);

        for (int i = 0; i < 1000; i++) Assert.Equal(one.Next().Input, other.Next().Input);
    }
}
