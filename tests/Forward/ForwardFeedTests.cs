using System.Net;
using KubeDoH.Engine;
using KubeDoH.Engine.Forward;
using KubeDoH.Tests.Files;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Forward;

public sealed class ForwardFeedTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Default_servers_follow_resolv_conf_and_stay_while_it_is_gone()
    {
        string path = _folder.Write("resolv.conf", "nameserver 192.0.2.1\n");
        ForwardFeed feed = Feed(new ForwardOptions(), path);
        Assert.Null(feed.Rules.Default);
        await feed.LoadAsync(TestContext.Current.CancellationToken);
        Assert.Equal("192.0.2.1:53", feed.Rules.Default!.Servers.Single().ToString());

        _folder.Write("resolv.conf", "nameserver 192.0.2.1\nnameserver 192.0.2.2\n");
        await feed.LoadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, feed.Rules.Default!.Servers.Count);

        File.Delete(path);
        await feed.LoadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, feed.Rules.Default!.Servers.Count);
    }

    [Fact]
    public async Task Configured_servers_leave_resolv_conf_unread()
    {
        string path = _folder.Write("resolv.conf", "nameserver 192.0.2.1\n");
        ForwardFeed feed = Feed(new ForwardOptions { Servers = ["192.0.2.9"] }, path);
        await feed.LoadAsync(TestContext.Current.CancellationToken);
        Assert.Equal("192.0.2.9:53", feed.Rules.Default!.Servers.Single().ToString());
        Assert.Equal("192.0.2.9:53 from Forward:Servers", feed.Status().Description);
    }

    [Fact]
    public async Task Without_resolv_conf_nobody_is_asked_in_its_stead()
    {
        ForwardFeed feed = Feed(new ForwardOptions(), "/no/such/resolv.conf");
        await feed.LoadAsync(TestContext.Current.CancellationToken);
        Assert.Null(feed.Rules.Default);
        Assert.Equal("no default server in /no/such/resolv.conf", feed.Status().Description);
    }

    private static ForwardFeed Feed(ForwardOptions options, string path) =>
        new(options, [IPEndPoint.Parse("127.0.0.1:53")], new FakeTimeProvider(), NullLogger<ForwardFeed>.Instance, path);
}
