using KubeDoH.Engine;
using KubeDoH.Engine.Views;
using KubeDoH.Tests.Fakes;
using KubeDoH.Tests.Files;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Views;

/// <summary>The node's files, as they are edited while the feed runs.</summary>
public sealed class NodeFeedTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly LogLines _log = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Resolv_conf_is_read_as_a_kubelet_reads_it()
    {
        NodeResolvConf conf = Open(
            "# of the node\ndomain domain.example\nsearch first.example\nnameserver 192.0.2.1\nsearch second.example. Third.Example .\n"
            + "options ndots:3 rotate\noptions edns0 ; comment\nnameserver 2001:db8::1\n").Files.ResolvConf!;

        Assert.Equal(["192.0.2.1", "2001:db8::1"], conf.Nameservers.Select(server => server.ToString()));
        Assert.Equal(["second.example", "third.example", "."], conf.Searches);
        Assert.Equal(["edns0"], conf.Options);
    }

    /// <summary>A resolver takes a domain line for a search list; a kubelet does not look at it.</summary>
    [Fact]
    public void Domain_line_is_no_search_list()
    {
        Assert.Empty(Open("nameserver 192.0.2.1\ndomain corp.example\n").Files.ResolvConf!.Searches);
    }

    [Fact]
    public async Task Edited_files_count_and_one_that_is_gone_leaves_what_it_said()
    {
        NodeFeed feed = Open("search old.example\n", "192.0.2.1 old\n");
        using var stop = new CancellationTokenSource();
        Task running = feed.RunAsync(stop.Token);

        _folder.Write("resolv.conf", "search new.example\n");
        _folder.Write("hosts", "192.0.2.2 new\n");
        await UntilAsync(() => feed.Files is { ResolvConf.Searches: ["new.example"], Hosts.Text: "192.0.2.2 new\n" });
        File.Delete(_folder.PathOf("resolv.conf"));
        _folder.Write("hosts", "192.0.2.3 newer\n");
        await UntilAsync(() => feed.Files is { ResolvConf.Searches: ["new.example"], Hosts.Text: "192.0.2.3 newer\n" });
        await UntilAsync(() => _log.All.Any(
            line => line.Contains("Node: ", StringComparison.Ordinal) && line.Contains("no such file", StringComparison.Ordinal)));

        await stop.CancelAsync();
        await running;
    }

    [Theory]
    [InlineData("Kubernetes:NodeResolvConf", true)]
    [InlineData("Kubernetes:NodeHosts", false)]
    public void File_that_is_not_there_at_the_start_stops_it_by_name(string key, bool isResolvConf)
    {
        var options = new EngineOptions();
        if (isResolvConf) options.Kubernetes.NodeResolvConf = _folder.PathOf("missing");
        else options.Kubernetes.NodeHosts = _folder.PathOf("missing");

        Assert.False(EngineServices.TryCreate(options, [], _time, NullLoggerFactory.Instance, out _, out string? error));

        Assert.Equal($"{key}: {_folder.PathOf("missing")}: no such file", error);
    }

    private NodeFeed Open(string resolvConf, string? hosts = null)
    {
        var options = new KubernetesOptions { NodeResolvConf = _folder.Write("resolv.conf", resolvConf) };
        if (hosts is not null) options.NodeHosts = _folder.Write("hosts", hosts);
        Assert.True(
            NodeFeed.TryOpen(options, NodeText.Readers, _time, new LogLines<NodeFeed>(_log), out NodeFeed? feed, out string? error), error);
        return feed;
    }

    private async Task UntilAsync(Func<bool> isSo)
    {
        DateTime limit = DateTime.UtcNow + TimeSpan.FromSeconds(30);
        while (!isSo())
        {
            Assert.True(DateTime.UtcNow < limit, "it did not happen in time");
            _time.Advance(TimeSpan.FromSeconds(2));
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }
    }
}
