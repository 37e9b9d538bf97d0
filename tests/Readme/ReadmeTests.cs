using KubeDoH.Tests.Clients;

namespace KubeDoH.Tests.Readme;

/// <summary>What the README shows is what happens: its <c>sh</c> blocks are run in order, and the block after each is what it prints.</summary>
public sealed class ReadmeTests(Playground playground) : IClassFixture<Playground>
{
    [Fact]
    public async Task Every_command_prints_what_is_shown()
    {
        OutsideClient.Require("bash", "curl", "dig");
        IReadOnlyList<ReadmeBlock> blocks = ReadmeBlock.ReadAll(await File.ReadAllTextAsync(Repository.PathOf("README.md"), TestContext.Current.CancellationToken));
        var differences = new List<string>();
        int commands = 0;
        for (int at = 0; at < blocks.Count; at++)
        {
            if (blocks[at].Language != "sh") continue;
            commands++;
            ClientResult result = await OutsideClient.RunAsync("bash", "-euo", "pipefail", "-c", $"cd '{Repository.Root}'\n{OnOurPorts(blocks[at].Text)}");
            ReadmeBlock? shown = blocks.ElementAtOrDefault(at + 1) is { Follows: true, Language: not "sh" } next ? next : null;
            if (result.ExitCode != 0 || (shown is not null && !ShownOutput.Matches(shown.Language, OnOurPorts(shown.Text), result.Output)))
                differences.Add($"README.md({blocks[at].Line}): {blocks[at].Text}\nended with {result.ExitCode} and printed\n{result.Output}{result.Errors}");
        }

        Assert.True(commands >= 6, $"only {commands} commands in the README");
        Assert.Equal("", string.Join("\n\n", differences));
    }

    private string OnOurPorts(string text) => text
        .Replace("127.0.0.1:8053", $"127.0.0.1:{playground.Server.HttpPort}", StringComparison.Ordinal)
        .Replace("127.0.0.1:8443", $"127.0.0.1:{playground.Server.HttpsPort}", StringComparison.Ordinal)
        .Replace("-p 8443", $"-p {playground.Server.HttpsPort}", StringComparison.Ordinal)
        .Replace("api/data/kubedoh.crt", playground.Server.Certificate, StringComparison.Ordinal);
}
