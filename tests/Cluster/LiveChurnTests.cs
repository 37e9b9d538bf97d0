using KubeDoH.Tests.Abuse;

namespace KubeDoH.Tests.Cluster;

/// <summary>
/// Thousands of random changes under random faults, many clusters with different rules. <c>KUBEDOH_LONG=1</c> goes through many more.
/// </summary>
public class LiveChurnTests
{
    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, LongForm.IsOn ? 200 : 8)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Cluster_that_was_churned_answers_as_one_that_was_read_at_once(int seed)
    {
        string? wrong = await Churn.RunAsync(seed, phases: LongForm.IsOn ? 10 : 3, changes: LongForm.IsOn ? 1000 : 250);
        Assert.True(wrong is null, $"seed {seed}, {wrong}");
    }
}
