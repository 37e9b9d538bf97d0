namespace KubeDoH.Tests.Replay;

/// <summary>Every rule of DNS behaviour, a script each.</summary>
public class ReplayTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Scripts");

    public static TheoryData<string> Scripts() =>
        [.. Directory.EnumerateFiles(Folder, "*.dns", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Script_holds(string file)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        await ScriptRunner.RunAsync(Script.Read(file, await File.ReadAllTextAsync(Path.Combine(Folder, file), patience.Token)), patience.Token);
    }
}
