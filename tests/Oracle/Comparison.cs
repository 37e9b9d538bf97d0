namespace KubeDoH.Tests.Oracle;

/// <summary>Feeds random worlds and questions to the oracle and to a subject, and says where they differ.</summary>
internal static class Comparison
{
    /// <summary>The first mismatch as a report with the world made small, or null. A run is settled by its first seed.</summary>
    public static async Task<string?> FirstMismatchAsync(ISubject subject, int firstSeed, int worlds, int questionsPerWorld)
    {
        var oracle = new OracleSubject();
        for (var seed = firstSeed; seed < firstSeed + worlds; seed++)
        {
            var world = WorldGenerator.Make(seed);
            foreach (var question in new QuestionGenerator(world).Take(questionsPerWorld))
            {
                var expected = await oracle.AskAsync(world, question);
                var got = await AskAsync(subject, world, question);
                if (!Same(expected, got)) return await ReportAsync(subject, world, question);
            }
        }

        return null;
    }

    /// <summary>The one place that says what "the same answer" means.</summary>
    public static bool Same(OracleAnswer expected, OracleAnswer got) =>
        SameAuthority(expected, got)
        && expected.Normal() == (got with { Authoritative = expected.Authoritative }).Normal()
        && expected.Links() == got.Links();

    /// <summary>The aa flag: of the owner of the question, so of the first record's source (RFC 1035 section 4.1.1).</summary>
    private static bool SameAuthority(OracleAnswer expected, OracleAnswer got) => expected.Authoritative == got.Authoritative;

    /// <summary>A subject that throws has answered too, and wrongly.</summary>
    private static async Task<OracleAnswer> AskAsync(ISubject subject, World world, OracleQuestion question)
    {
        try
        {
            return await subject.AskAsync(world, question);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return OracleAnswer.Failure($"{e.GetType().Name} ({e.Message})");
        }
    }

    private static async Task<string> ReportAsync(ISubject subject, World world, OracleQuestion question)
    {
        var small = await Shrinker.ShrinkAsync(world, async candidate => !Same(
            await new OracleSubject().AskAsync(candidate, question), await AskAsync(subject, candidate, question)));
        var expected = await new OracleSubject().AskAsync(small, question);
        var got = await AskAsync(subject, small, question);
        return $"""

            seed {world.Seed}
            {WorldText.Of(small)}
            question {question}
            expected {expected.Normal()}  links {expected.Links()}
            got      {got.Normal()}  links {got.Links()}
            """;
    }
}
