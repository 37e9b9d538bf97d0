using KubeDoH.Api.Inspect;
using KubeDoH.Engine.Diagnosis;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Replay;

namespace KubeDoH.Tests.Api.Inspect;

/// <summary>
/// The text form, as it is printed: a world and a question in <c>tests/Data/explain/*.dns</c>, and beside each the page that comes of it.
/// <c>KUBEDOH_WRITE_GOLDEN=1</c> writes the pages anew.
/// </summary>
public sealed class ExplainTextTests
{
    private const string Self = "http://127.0.0.1:8053";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Data", "explain");

    public static TheoryData<string> Pages() =>
        [.. Directory.EnumerateFiles(Folder, "*.dns").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_is_printed_as_it_was(string page)
    {
        string text = await PrintAsync(page);
        if (Environment.GetEnvironmentVariable("KUBEDOH_WRITE_GOLDEN") == "1")
            await File.WriteAllTextAsync(Repository.PathOf($"tests/Data/explain/{page}.txt"), text, TestContext.Current.CancellationToken);

        Assert.Equal(
            await File.ReadAllTextAsync(Repository.PathOf($"tests/Data/explain/{page}.txt"), TestContext.Current.CancellationToken), text);
    }

    /// <summary>80 columns, but for a single word that is wider, and for commands.</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_fits_a_terminal(string page)
    {
        string text = await PrintAsync(page);

        Assert.DoesNotContain(text.Split('\n'), line => line.Length > 80 && !line.StartsWith("    try:", StringComparison.Ordinal)
            && line.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries).Length > 2);
        Assert.DoesNotContain(text.Split('\n'), line => line.EndsWith(' '));
    }

    private static async Task<string> PrintAsync(string page)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        string file = $"{page}.dns";
        Script script = Script.Read(file, await File.ReadAllTextAsync(Path.Combine(Folder, file), patience.Token));
        ScriptBlock[] given = [.. script.Blocks.TakeWhile(block => block.Head.Words[0] == "given")];
        await using var world = new ScriptWorld(given);
        string text = "";
        foreach (ScriptBlock block in script.Blocks.Skip(given.Length))
        {
            if (block.Head.Words[0] == "advance") world.Time.Advance(ScriptTime.Read(block.Head, block.Head.Word(1, "the time")));
            else text = await PrintAsync(world, ScriptQuestion.Read(block.Head), patience.Token);
        }

        foreach (ScriptBlock block in given.Where(block => block.Head.Words[1] == "upstream"))
            text = WithoutPort(text, world.Upstream(block.Head, ScriptWorld.NameOf(block)).Address);
        return text;
    }

    /// <summary>The upstream is a server of the tests on a port that was free.</summary>
    private static string WithoutPort(string text, string address) => text
        .Replace(address, "192.0.2.53:53", StringComparison.Ordinal)
        .Replace($"@{address.Split(':')[0]} -p {address.Split(':')[1]}", "@192.0.2.53 -p 53", StringComparison.Ordinal);

    private static async Task<string> PrintAsync(ScriptWorld world, ScriptQuestion question, CancellationToken cancellationToken)
    {
        Explanation explanation = await world.ExplainAsync(question, cancellationToken);
        var request = new ExplainRequest(question.IsAbsolute, world.View(question), question.Pod);
        return ExplainText.Write(ExplainDocument.Of(explanation, request, Self));
    }
}
