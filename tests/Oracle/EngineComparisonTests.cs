namespace KubeDoH.Tests.Oracle;

public class EngineComparisonTests
{
    /// <summary>1,000 random clusters, 100 questions each.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(251)]
    [InlineData(501)]
    [InlineData(751)]
    public async Task Engine_against_the_oracle_gives_the_same_answers(int firstSeed) =>
        Assert.Equal("", await Comparison.FirstMismatchAsync(new EngineSubject(), firstSeed, worlds: 250, questionsPerWorld: 100) ?? "");
}
