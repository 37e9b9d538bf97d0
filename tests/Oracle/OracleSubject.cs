namespace KubeDoH.Tests.Oracle;

/// <summary>The oracle as one of the two sides of a comparison.</summary>
internal sealed class OracleSubject : ISubject
{
    private World? world;
    private SearchOracle? search;

    public Task<OracleAnswer> AskAsync(World world, OracleQuestion question)
    {
        if (!ReferenceEquals(world, this.world)) (this.world, search) = (world, new SearchOracle(world));
        return Task.FromResult(search!.Answer(question));
    }
}
