namespace KubeDoH.Tests.Oracle;

/// <summary>The oracle as one of the two sides of a comparison.</summary>
internal sealed class OracleSubject : ISubject
{
    private World? _world;
    private SearchOracle? _search;

    public Task<OracleAnswer> AskAsync(World world, OracleQuestion question)
    {
        if (!ReferenceEquals(world, _world)) (_world, _search) = (world, new SearchOracle(world));
        return Task.FromResult(_search!.Answer(question));
    }
}
