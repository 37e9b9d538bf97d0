using System.Diagnostics;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Clients;

/// <summary>Files that are edited while the program runs.</summary>
public sealed class LiveFilesTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = new();

    [Fact]
    public async Task Edited_hosts_file_answers_its_new_names()
    {
        string hosts = _folder.Write("hosts", "192.0.2.1 before.example\n");
        await using ServerProcess server = await ServerProcess.Start($"Hosts:Files={hosts}", "Forward:Servers=").ListeningAsync();
        Assert.Contains("192.0.2.1", await AskAsync(server, "before.example"), StringComparison.Ordinal);

        _folder.Write("hosts", "192.0.2.1 before.example\n192.0.2.2 after.example\nnonsense\n");

        await SeeAsync(server, "after.example", "192.0.2.2");
        await server.SaysAsync("hosts:3");
    }

    [Fact]
    public async Task Broken_snapshot_keeps_the_last_good_one_until_it_is_mended()
    {
        string good = await File.ReadAllTextAsync(
            Repository.PathOf("infra/playground/cluster.yaml"), TestContext.Current.CancellationToken);
        string snapshot = _folder.Write("cluster.yaml", good);
        await using ServerProcess server = await ServerProcess.Start($"Kubernetes:Snapshot={snapshot}", "Forward:Servers=")
            .ListeningAsync();

        _folder.Write("cluster.yaml", good.Replace("10.101.195.184", "\"", StringComparison.Ordinal));
        await server.SaysAsync("Snapshot: ");
        Assert.Contains("10.101.195.184", await AskAsync(server, "secco.dns-playground.svc.cluster.local"), StringComparison.Ordinal);

        _folder.Write("cluster.yaml", good.Replace("10.101.195.184", "10.101.195.185", StringComparison.Ordinal));
        await SeeAsync(server, "secco.dns-playground.svc.cluster.local", "10.101.195.185");
    }

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    private Task<string> AskAsync(ServerProcess server, string name) =>
        _client.GetStringAsync($"{server.Http}/dns-query?name={name}", TestContext.Current.CancellationToken);

    private Task SeeAsync(ServerProcess server, string name, string expected) =>
        UntilAsync(async () => (await AskAsync(server, name)).Contains(expected, StringComparison.Ordinal));

    /// <summary>Looks again until it is so: the program looks at its files every two seconds of real time.</summary>
    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, "waited in vain");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken);
        }
    }
}
