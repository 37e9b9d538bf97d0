namespace KubeDoH.Tests.Replay;

/// <summary>Every rule of DNS behaviour, a script each.</summary>
public class ReplayTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Scripts");

    public static TheoryData<string> Scripts() =>
        [.. Directory.EnumerateFiles(Folder, "*.dns", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Folder, file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Scripts))]
    public Task Script_holds(string file) => PlayAsync(file, File.ReadAllText(Path.Combine(Folder, file)));

    [Fact]
    public Task Readme_shows_a_script_that_holds()
    {
        string readme = File.ReadAllText(Path.Combine(Folder, "README.md"));
        return PlayAsync("README.md", readme.Split("```dns\n")[1].Split("```")[0]);
    }

    private static async Task PlayAsync(string file, string text)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        await ScriptRunner.RunAsync(Script.Read(file, text), patience.Token);
    }
}
