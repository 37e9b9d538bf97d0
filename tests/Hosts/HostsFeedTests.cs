using KubeDoH.Engine;
using KubeDoH.Engine.Hosts;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Files;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Hosts;

/// <summary>Hosts files as they are edited while the feed runs.</summary>
public sealed class HostsFeedTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Edited_file_is_read_again()
    {
        HostsFeed feed = Feed(_folder.Write("hosts", "192.0.2.1 old.example\n"));
        await feed.LoadAsync(TestContext.Current.CancellationToken);
        Assert.True(Has(feed, "old.example"));

        _folder.Write("hosts", "192.0.2.1 new.example\n");
        await feed.LoadAsync(TestContext.Current.CancellationToken);
        Assert.True(Has(feed, "new.example"));
        Assert.False(Has(feed, "old.example"));
    }

    [Fact]
    public async Task Running_feed_sees_an_edit_by_itself()
    {
        HostsFeed feed = Feed(_folder.Write("hosts", "192.0.2.1 old.example\n"));
        await feed.LoadAsync(TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        Task running = feed.RunAsync(stop.Token);
        _folder.Write("hosts", "192.0.2.1 new.example\n");
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(SpinWait.SpinUntil(() => Has(feed, "new.example"), TimeSpan.FromSeconds(30)));
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task File_that_is_gone_keeps_its_names_and_is_reported_once()
    {
        string path = _folder.Write("hosts", "192.0.2.1 kept.example\n"), missing = _folder.PathOf("missing");
        HostsFeed feed = Feed(path, missing);
        await feed.LoadAsync(TestContext.Current.CancellationToken);
        File.Delete(path);
        await feed.LoadAsync(TestContext.Current.CancellationToken);
        Assert.True(Has(feed, "kept.example"));
        Assert.Equal([$"{path}: no such file", $"{missing}: no such file"], feed.Problems.Select(problem => problem.ToString()));
        Assert.EndsWith("(2 problems)", feed.Status().Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_lines_are_reported_with_file_and_number_and_the_others_count()
    {
        string path = _folder.Write("hosts", "192.0.2.1 good.example\n192.0.2.300 bad.example\n");
        HostsFeed feed = Feed(path);
        await feed.LoadAsync(TestContext.Current.CancellationToken);
        Assert.True(Has(feed, "good.example"));
        Assert.Equal($"{path}:2: '192.0.2.300' is no IPv4 or IPv6 address", Assert.Single(feed.Problems).ToString());
    }

    [Fact]
    public async Task Lines_of_the_configuration_come_first()
    {
        var options =
            new HostsOptions { Files = [_folder.Write("hosts", "192.0.2.1 file.example\n")], Inline = ["192.0.2.1 inline.example", "x"] };
        var feed = new HostsFeed("hosts", options, _time, NullLogger<HostsFeed>.Instance);
        await feed.LoadAsync(TestContext.Current.CancellationToken);
        Assert.True(Has(feed, "file.example"));
        Assert.Equal("Hosts:Inline:2: 'x' is no IPv4 or IPv6 address", Assert.Single(feed.Problems).ToString());
        OwnerNode pointer = feed.Table.Find(DnsName.Parse("1.2.0.192.in-addr.arpa").Span)!;
        Span<byte> room = stackalloc byte[AnswerRecords.Room];
        AnswerRecords records = pointer.Find(RecordType.PTR)!.ReadRecords(pointer.Name.Span, room);
        Assert.True(records.MoveNext());
        Assert.Equal("inline.example.", NameText.Write(records.Data));
    }

    private HostsFeed Feed(params string[] paths) =>
        new("hosts", new HostsOptions { Files = paths }, _time, NullLogger<HostsFeed>.Instance);

    private static bool Has(HostsFeed feed, string name) => feed.Table.Find(DnsName.Parse(name).Span) is not null;
}
