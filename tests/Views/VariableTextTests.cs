using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Views;
using KubeDoH.Tests.Clients;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Views;

/// <summary>What <c>?format=export</c> gives is fed to a real shell: nothing in it may run, and every value must arrive as it is.</summary>
public sealed class VariableTextTests
{
    /// <summary>More than an object of a cluster can hold: every way out of the quotes that a value could look for.</summary>
    public static TheoryData<string> Hostile() =>
    [
        "$(touch pwned)", "`touch pwned`", "'; touch pwned; '", "' ; touch pwned #", "\"; touch pwned; \"", "a\ntouch pwned\n",
        "a\r\ntouch pwned",
        "${HOME}", "$((1+1))", "\\'", "\\", "''", "'", "a b\tc", "*", "~", "!!", "é🦆", "-n", "a=b", "<(touch pwned)", "> pwned",
        "&& touch pwned", "\u0001\u007f",
    ];

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task Value_arrives_in_a_shell_as_it_is(string value)
    {
        using var folder = new TemporaryFolder();
        folder.Write("exports.sh", VariableText.WriteExports(new Dictionary<string, string> { ["VALUE"] = value, ["LAST"] = "reached" }));

        foreach (string reading in (string[])[". ./exports.sh", "eval \"$(cat exports.sh)\""])
            Assert.Equal($"{value}|reached", await RunAsync(folder, $"{reading}; printf '%s|%s' \"$VALUE\" \"$LAST\""));
        Assert.False(File.Exists(folder.PathOf("pwned")));
    }

    /// <summary>A name that is none for a shell would be a command there: <c>export 9a=b</c> ends it, <c>export a;b=c</c> runs b.</summary>
    [Theory]
    [InlineData("9TO5_SERVICE_HOST", "# 9TO5_SERVICE_HOST: no name that a shell takes\n")]
    [InlineData("A;touch pwned", "# A?touch?pwned: no name that a shell takes\n")]
    [InlineData("A\ntouch pwned\n", "# A?touch?pwned?: no name that a shell takes\n")]
    [InlineData("$(touch pwned)", "# ??touch?pwned?: no name that a shell takes\n")]
    [InlineData("", "# : no name that a shell takes\n")]
    public async Task Name_that_a_shell_does_not_take_is_a_comment(string name, string text)
    {
        using var folder = new TemporaryFolder();
        string exports = VariableText.WriteExports(new Dictionary<string, string> { [name] = "x", ["LAST"] = "reached" });
        folder.Write("exports.sh", exports);

        Assert.Equal(text + "export LAST='reached'\n", exports);
        Assert.Equal("reached", await RunAsync(folder, ". ./exports.sh; printf '%s' \"$LAST\""));
        Assert.False(File.Exists(folder.PathOf("pwned")));
    }

    /// <summary>What an API server would take at most: names of services that begin with a digit, addresses of both families.</summary>
    [Fact]
    public async Task Services_of_any_name_reach_a_shell_whole()
    {
        using var folder = new TemporaryFolder();
        ServiceObject[] services =
        [
            new()
            {
                Namespace = "shop", Name = "a-b", ClusterIPs = [System.Net.IPAddress.Parse("fd00::1")], Ports = [new("x-y", 80, "TCP")],
            },
            new()
            {
                Namespace = "shop", Name = "9to5", ClusterIPs = [System.Net.IPAddress.Parse("10.96.0.9")], Ports = [new("", 80, "TCP")],
            },
        ];
        IReadOnlyDictionary<string, string> variables = ServiceVariables.Of(services, null, null);
        folder.Write("exports.sh", VariableText.WriteExports(variables));

        string[] seen = (await RunAsync(folder, ". ./exports.sh; env")).Split('\n');

        Assert.All(
            variables.Where(variable => variable.Key[0] != '9'), variable => Assert.Contains($"{variable.Key}={variable.Value}", seen));
        Assert.Contains("A_B_PORT_80_TCP=tcp://[fd00::1]:80", seen);
        Assert.Contains("9TO5_SERVICE_HOST", variables.Keys);
        Assert.DoesNotContain(seen, line => line.Contains("10.96.0.9", StringComparison.Ordinal));
    }

    private static async Task<string> RunAsync(TemporaryFolder folder, string command)
    {
        ClientResult result = await OutsideClient.RunAsync("sh", "-euc", $"cd '{folder.Root}'; {command}");
        Assert.Equal("", result.Errors);
        return result.Text;
    }
}
