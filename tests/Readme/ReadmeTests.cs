using System.Text.RegularExpressions;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Tests.Clients;

namespace KubeDoH.Tests.Readme;

/// <summary>What the README shows happens: its <c>sh</c> blocks are run in order, and the block after each is what it prints.</summary>
public sealed partial class ReadmeTests(ReadmePlayground playground) : IClassFixture<ReadmePlayground>
{
    [Fact]
    public async Task Every_command_prints_what_is_shown()
    {
        OutsideClient.Require("bash", "curl", "dig", "kdig");
        IReadOnlyList<ReadmeBlock> blocks = ReadmeBlock.ReadAll(File.ReadAllText(Repository.PathOf("README.md")));
        var differences = new List<string>();
        int commands = 0;
        for (int at = 0; at < blocks.Count; at++)
        {
            if (blocks[at].Language != "sh") continue;
            commands++;
            ClientResult result = await OutsideClient.RunAsync("bash", "-euo", "pipefail", "-c", OnOurPorts(blocks[at].Text));
            ReadmeBlock? shown = blocks.ElementAtOrDefault(at + 1) is { Follows: true, Language: not "sh" } next ? next : null;
            bool matches = shown is null || ShownOutput.Matches(shown.Language, OnOurPorts(shown.Text), result.Output);
            if (result.ExitCode == 0 && matches) continue;
            string what = $"ended with {result.ExitCode} and printed\n{result.Output}{result.Errors}";
            differences.Add($"README.md({blocks[at].Line}): {blocks[at].Text}\n{what}");
        }

        Assert.True(commands >= 10, $"only {commands} commands in the README");
        Assert.True(differences.Count == 0, string.Join("\n\n", differences));
    }

    [Fact]
    public void Every_room_is_on_the_map()
    {
        string map = File.ReadAllText(Repository.PathOf("README.md")).Split("\n## The house\n")[1].Split("\nAt length:")[0];
        string[] missing = [.. ((string[])["api", "engine"])
            .SelectMany(house => Directory.GetDirectories(Repository.PathOf(house)))
            .Select(folder => new DirectoryInfo(folder))
            .Where(folder => folder.Name is not ("bin" or "obj") && folder.EnumerateFiles("*.cs", SearchOption.AllDirectories).Any())
            .Select(folder => folder.Name)
            .Where(room => !map.Contains($"/{room}/`", StringComparison.Ordinal) && !map.Contains($"`{room}/`", StringComparison.Ordinal))];

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_setting_is_listed_with_its_default()
    {
        var defaults = new AppOptions();
        string section = File.ReadAllText(Repository.PathOf("README.md")).Split("\n## Configuration\n")[1].Split("\n## ")[0];
        IEnumerable<string> listed = section.Split('\n')
            .Select(line => SettingRow().Match(line))
            .Where(row => row.Success)
            .Select(row => row.Value);

        Assert.Equal(ConfigurationKeys.All.Select(key => $"| `{key.Path}` | {key.Print(defaults)} |"), listed);
    }

    private string OnOurPorts(string text) => text
        .Replace("127.0.0.1:8053", $"127.0.0.1:{playground.Server.HttpPort}", StringComparison.Ordinal)
        .Replace("127.0.0.1:8443", $"127.0.0.1:{playground.Server.HttpsPort}", StringComparison.Ordinal)
        .Replace("-p 8443", $"-p {playground.Server.HttpsPort}", StringComparison.Ordinal)
        .Replace("-p 8054", $"-p {playground.Server.DnsPort}", StringComparison.Ordinal)
        .Replace("-p 8055", $"-p {playground.Server.ViewPort}", StringComparison.Ordinal)
        .Replace("-p 8853", $"-p {playground.Server.DotPort}", StringComparison.Ordinal)
        .Replace("dotnet run --project api --no-launch-profile --", string.Join(' ', ServerProcess.Program), StringComparison.Ordinal)
        .Replace("api/data/tokens", playground.TokenFile, StringComparison.Ordinal)
        .Replace("ci.token", $"{playground.TokenFile}.ci", StringComparison.Ordinal)
        .Replace("api/data/kubedoh.crt", playground.Server.Certificate, StringComparison.Ordinal);

    [GeneratedRegex(@"^\| `[A-Z]\w*(:\w+)?` \| [^|]+ \|")]
    private static partial Regex SettingRow();
}
