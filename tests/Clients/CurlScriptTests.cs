namespace KubeDoH.Tests.Clients;

/// <summary>
/// The scripts that a person runs against a running service find what they expect on the sample cluster, and notice what is not so.
/// </summary>
public sealed class CurlScriptTests(Playground playground) : IClassFixture<Playground>
{
    /// <summary>What other scripts read.</summary>
    private static readonly string[] Parts = ["ask", "question"];

    [Fact]
    public async Task Every_script_ends_in_ok()
    {
        OutsideClient.Require("sh", "curl", "dig", "od", "base64");

        ClientResult result = await RunAsync(playground.Server.Http);

        IEnumerable<string> uses = Directory.GetFiles(Repository.PathOf("tests/curl"), "*.sh")
            .Select(file => Path.GetFileNameWithoutExtension(file)!)
            .Except(["all", .. Parts]);
        Assert.Equal(uses.Select(use => $"{use}: ok").Order(StringComparer.Ordinal),
            result.Text.TrimEnd().Split('\n').Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Scripts_tell_the_difference_where_there_is_one()
    {
        OutsideClient.Require("sh", "curl", "dig", "od", "base64");
        await using ServerProcess without = await ServerProcess.Start("Order=entries,forward", "Forward:Servers=").ListeningAsync();

        ClientResult result = await RunAsync(without.Http);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("hosts-name: its address\n  wanted [{", result.Output, StringComparison.Ordinal);
        Assert.Contains("entry: ok", result.Output, StringComparison.Ordinal);
    }

    private Task<ClientResult> RunAsync(string service) => OutsideClient.RunAsync(
        "env", $"KUBEDOH_HTTPS=127.0.0.1:{playground.Server.HttpsPort}", Repository.PathOf("tests/curl/all.sh"), service);
}
