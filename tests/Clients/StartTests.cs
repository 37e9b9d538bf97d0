namespace KubeDoH.Tests.Clients;

/// <summary>The program starts, says what it serves, and ends when it is told to.</summary>
public class StartTests
{
    [Fact]
    public async Task Run_of_the_project_serves_the_sample_cluster_until_it_is_interrupted()
    {
        OutsideClient.Require("setsid");
        await using ServerProcess server = await ServerProcess.StartByRun("Forward:Servers=").ListeningAsync();
        using var client = new HttpClient();

        string reply = await client.GetStringAsync(
            $"{server.Http}/dns-query/ns/dns-playground?name=secco", TestContext.Current.CancellationToken);
        int code = await server.StopAsync(group: true);

        Assert.Contains("10.101.195.184", reply, StringComparison.Ordinal);
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task Start_message_says_where_what_and_how()
    {
        OutsideClient.Require("curl", "dig");
        await using ServerProcess server = await ServerProcess.Start().ListeningAsync();
        string[] said = server.Output.Split('\n', StringSplitOptions.TrimEntries);
        string[] toTry = [.. said.Where(line => line.StartsWith("curl ", StringComparison.Ordinal))];
        foreach (string line in toTry)
        {
            ClientResult tried = await OutsideClient.RunAsync("sh", "-c", line.Replace("curl ", "curl -sSf ", StringComparison.Ordinal));
            Assert.StartsWith("{", tried.Text, StringComparison.Ordinal);
        }

        string dig = Assert.Single(said, line => line.StartsWith("dig ", StringComparison.Ordinal));
        ClientResult dug = await OutsideClient.RunAsync("sh", "-c", $"{dig} +short");
        Assert.Matches(@"^\d+\.\d+\.\d+\.\d+\n$", dug.Text);

        int code = await server.StopAsync();

        Assert.Contains(server.Http, server.Output, StringComparison.Ordinal);
        Assert.Contains(server.Https, server.Output, StringComparison.Ordinal);
        Assert.Contains($"  udp and tcp 127.0.0.1:{server.DnsPort}\n", server.Output, StringComparison.Ordinal);
        Assert.Contains($"  udp and tcp 127.0.0.1:{server.ViewPort}, seen from the namespace dns-playground\n",
            server.Output, StringComparison.Ordinal);
        Assert.Contains($"  tls 127.0.0.1:{server.DotPort}\n", server.Output, StringComparison.Ordinal);
        Assert.Contains("/infra/playground/cluster.yaml", server.Output, StringComparison.Ordinal);
        Assert.Contains("/infra/playground/hosts", server.Output, StringComparison.Ordinal);
        Assert.Contains("/etc/hosts", server.Output, StringComparison.Ordinal);
        Assert.Equal(ServerProcess.LinesToTry, toTry.Length);
        Assert.Equal(0, code);
    }
}
