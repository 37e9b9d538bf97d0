namespace KubeDoH.Tests.Oracle;

/// <summary>The oracle with one rule broken: it sees another world, hears another question, or says another answer.</summary>
internal sealed class PlantedSubject : ISubject
{
    private readonly OracleSubject _oracle = new();
    private World? _given;
    private World? _seen;

    public Func<World, World> Sees { get; init; } = w => w;

    public Func<OracleQuestion, OracleQuestion> Hears { get; init; } = q => q;

    public Func<OracleQuestion, OracleAnswer, OracleAnswer> Says { get; init; } = (_, a) => a;

    public async Task<OracleAnswer> AskAsync(World world, OracleQuestion question)
    {
        if (!ReferenceEquals(world, _given)) (_given, _seen) = (world, Sees(world));
        return Says(question, await _oracle.AskAsync(_seen!, Hears(question)));
    }
}
