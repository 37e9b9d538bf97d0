using System.Text.RegularExpressions;
using KubeDoH.Tests.Clients;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Infra;

/// <summary>The unit for a machine without a cluster.</summary>
public sealed partial class SystemdTests
{
    [Fact]
    public async Task Unit_is_one_that_systemd_takes_and_finds_well_shut_in()
    {
        ClientResult verified = await VerifyAsync(text => text);
        Assert.True(verified is { ExitCode: 0, Errors: "" }, verified.Errors);

        using var folder = new TemporaryFolder();
        ClientResult judged = await OutsideClient.RunAsync(
            "systemd-analyze", "security", "--offline=true", "--threshold=20", Unit(folder, text => text));
        Assert.True(judged.ExitCode == 0, judged.Output);
    }

    [Theory]
    [InlineData("ProtectSystem=strict", "ProtectSystems=strict")]
    [InlineData("TimeoutStopSec=30s", "TimeoutStopSec=soon")]
    public async Task Planted_mistake_is_found(string text, string planted)
    {
        ClientResult verified = await VerifyAsync(unit => unit.Replace(text, planted, StringComparison.Ordinal));

        Assert.Contains("kubedoh.service:", verified.Errors, StringComparison.Ordinal);
    }

    private static async Task<ClientResult> VerifyAsync(Func<string, string> spoil)
    {
        using var folder = new TemporaryFolder();
        return await OutsideClient.RunAsync("systemd-analyze", "verify", "--man=no", Unit(folder, spoil));
    }

    /// <summary>The program that it starts need not be installed where it is verified.</summary>
    private static string Unit(TemporaryFolder folder, Func<string, string> spoil)
    {
        string unit = spoil(File.ReadAllText(Repository.PathOf("infra/systemd/kubedoh.service")));
        return folder.Write("kubedoh.service", Program().Replace(unit, "ExecStart=/bin/true"));
    }

    [GeneratedRegex(@"ExecStart=\S+")]
    private static partial Regex Program();
}
