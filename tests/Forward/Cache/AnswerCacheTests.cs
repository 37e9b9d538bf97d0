using KubeDoH.Engine;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Forward.Cache;

/// <summary>What an operator sees of the cache, what it forgets, and whose answers it gives to whom.</summary>
public class AnswerCacheTests
{
    private readonly CacheTesting _cache = new();

    [Fact]
    public async Task List_tells_what_is_kept_at_or_below_a_name()
    {
        await _cache.AskAsync(CacheTesting.Address("192.0.2.1"));
        await _cache.AskAsync(CacheTesting.Absence("gone.example.com"), "gone.example.com");
        await _cache.AskAsync(CacheTesting.Failure(), "bad.example.com");
        await _cache.AskAsync(CacheTesting.Address("192.0.2.9", name: "example.org"), "example.org");
        _cache.Time.Advance(TimeSpan.FromSeconds(4));
        await _cache.AskAsync();
        await _cache.AskAsync();

        Assert.Equal(
            [
                "www.example.com. A NOERROR 56 s, 2 hits",
                "gone.example.com. A NXDOMAIN 56 s, 0 hits",
                "bad.example.com. A SERVFAIL 1 s, 0 hits",
            ],
            Lines("example.com", below: true));
        Assert.Equal(["www.example.com. A NOERROR 56 s, 2 hits"], Lines("www.example.com", below: false));
        Assert.Equal([], Lines("example.com", below: false));
        Assert.Equal(4, Lines(".", below: true).Length);
        Assert.Single(_cache.Cache.List(DnsName.Root, most: 1));
        CachedAnswer www = _cache.Cache.List(DnsName.Parse("www.example.com"))[0];
        Assert.Equal((". 192.0.2.1:53", 56u), (www.Rule, www.Answer.Ttl));
        Assert.False(www.Stale || www.DnssecOk || www.CheckingDisabled);
        Assert.True(www.Size > 100);
    }

    [Fact]
    public async Task List_tells_what_is_stale_and_for_how_long_it_serves()
    {
        await _cache.AskAsync(CacheTesting.Address("192.0.2.1"));
        _cache.Time.Advance(TimeSpan.FromSeconds(100));
        CachedAnswer stale = Assert.Single(_cache.Cache.List(DnsName.Root));
        Assert.Equal((true, 3560, 30u), (stale.Stale, stale.SecondsLeft, stale.Answer.Ttl));
        _cache.Time.Advance(TimeSpan.FromSeconds(3560));
        Assert.Empty(_cache.Cache.List(DnsName.Root));
    }

    [Fact]
    public async Task Totals_count_what_happened()
    {
        await _cache.AskAsync(CacheTesting.Address("192.0.2.1"));
        await _cache.AskAsync();
        await _cache.AskAsync(CacheTesting.Failure(), "bad.example.com");
        await _cache.AskAsync("bad.example.com");
        CacheTotals totals = _cache.Cache.Totals;
        Assert.Equal((2, 1, 2, 0), (totals.Entries, totals.Hits, totals.Misses, totals.Shared));
        Assert.Equal((0, 1), (totals.StaleServed, totals.FailuresServed));
        Assert.Equal(_cache.Cache.List(DnsName.Root).Sum(line => line.Size), totals.Bytes);
        Assert.Equal(64 << 20, totals.Limit);
    }

    [Fact]
    public async Task Flush_forgets_what_it_says_and_gives_the_room_back()
    {
        await _cache.AskAsync(CacheTesting.Address("192.0.2.1"));
        await _cache.AskAsync(CacheTesting.Address("192.0.2.2", name: "example.com"), "example.com");
        await _cache.AskAsync(CacheTesting.Address("192.0.2.3", name: "example.org"), "example.org");
        Assert.Equal(0, _cache.Cache.Flush(DnsName.Parse("www.example.com"), type: RecordType.AAAA));
        Assert.Equal(1, _cache.Cache.Flush(DnsName.Parse("example.com")));
        Assert.Equal(["www.example.com.", "example.org."], _cache.Cache.List(DnsName.Root).Select(line => line.Name.ToString()));
        Assert.Equal(1, _cache.Cache.Flush(DnsName.Parse("example.com"), below: true));
        Assert.Equal(1, _cache.Cache.Flush());
        Assert.Equal((0, 0), (_cache.Cache.Totals.Entries, _cache.Cache.Totals.Bytes));
    }

    [Fact]
    public async Task Other_servers_for_a_rule_are_asked_for_themselves()
    {
        await _cache.AskAsync(CacheTesting.Address("192.0.2.1"));
        _cache.Rule = CacheTesting.RuleOf("192.0.2.1", "192.0.2.2");
        Assert.Equal("192.0.2.7 60", await _cache.AskAsync(CacheTesting.Address("192.0.2.7")));
        _cache.Rule = CacheTesting.RuleOf("192.0.2.1");
        Assert.Equal("192.0.2.1 60", await CacheTesting.TextAsync(_cache.AskAsync()));
        Assert.Equal(2, _cache.Asked.Count);
    }

    [Fact]
    public async Task Servers_that_are_trusted_now_are_asked_for_themselves()
    {
        await _cache.AskAsync(CacheTesting.Address("192.0.2.1"));
        ForwardRule rule = _cache.Rule;
        _cache.Rule = rule with { Servers = [.. rule.Servers.Select(server => server with { Trusted = true })] };
        Assert.Equal("192.0.2.7 60", await _cache.AskAsync(CacheTesting.Address("192.0.2.7")));
    }

    [Fact]
    public async Task Rule_of_another_suffix_with_the_same_servers_is_another_rule()
    {
        await _cache.AskAsync(CacheTesting.Address("192.0.2.1"));
        _cache.Rule = _cache.Rule with { Suffix = DnsName.Parse("example.com") };
        Assert.Equal("192.0.2.7 60", await _cache.AskAsync(CacheTesting.Address("192.0.2.7")));
    }

    [Fact]
    public async Task Question_with_ad_alone_is_another_question()
    {
        Task<Answer?> plain = _cache.AskAsync();
        Task<Answer?> curious = _cache.AskAsync(change: query => Assert.Equal(WireError.None, query.TryParse(AdQuestion())));
        Assert.Equal(2, _cache.Asked.Count);
        Assert.Equal([false, true], _cache.Asked.Select(asked => asked.Question.AuthenticData));
        foreach (AskedQuestion asked in _cache.Asked) asked.Reply(CacheTesting.Address("192.0.2.1"));
        await Task.WhenAll(plain, curious);
    }

    /// <summary>The upstream may answer one subnet otherwise than another (RFC 7871 7.3).</summary>
    [Fact]
    public async Task Question_with_other_options_is_another_question_of_the_same_name()
    {
        byte[][] subnets = [[], [0, 8, 0, 7, 0, 1, 24, 0, 192, 0, 2], [0, 8, 0, 7, 0, 1, 24, 0, 198, 51, 100]];
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < subnets.Length; i++)
            {
                byte[] question = RelayTests.Question(MessageHeader.RecursionDesired, false, subnets[i]);
                Task<Answer?> pending = _cache.AskAsync(change: query => Assert.Equal(WireError.None, query.TryParse(question)));
                if (round == 0) _cache.Asked[i].Reply(CacheTesting.Address($"192.0.2.{i}"));
                Assert.Equal($"192.0.2.{i} 60", await CacheTesting.TextAsync(pending));
            }
        }

        Assert.Equal(subnets, _cache.Asked.Select(asked => asked.Question.Options.ToArray()));
        Assert.All(_cache.Cache.List(DnsName.Parse("example.com")), kept => Assert.Equal("www.example.com.", kept.Name.ToString()));
        Assert.Equal(3, _cache.Cache.Flush(DnsName.Parse("www.example.com"), type: RecordType.A));
    }

    [Fact]
    public async Task Answer_that_would_push_everything_out_is_not_kept()
    {
        var cache = new CacheTesting(new CacheOptions { Size = 64 << 10 });
        Task<Answer?> pending = cache.AskAsync(type: RecordType.TXT);
        cache.Asked[0].Reply(CacheTesting.Text(10_000));
        Assert.Equal(40, (await pending)!.AnswerCount);
        Assert.Equal(0, cache.Cache.Totals.Entries);
    }

    [Fact]
    public async Task What_is_over_goes_though_nobody_asks_for_it()
    {
        _cache.Always = question => CacheTesting.Address("192.0.2.1", name: question.Name.ToString());
        for (int i = 0; i < 100; i++) await _cache.AskAsync($"old{i}.example.com");
        _cache.Time.Advance(TimeSpan.FromHours(2));
        for (int i = 0; i < 100; i++) await _cache.AskAsync($"new{i}.example.com");
        Assert.InRange(_cache.Cache.Totals.Entries, 100, 101);
    }

    private static byte[] AdQuestion() =>
        [0, 1, 0x01, 0x20, 0, 1, 0, 0, 0, 0, 0, 0, .. DnsName.Parse(CacheTesting.Name).Span, 0, 1, 0, 1];

    private string[] Lines(string name, bool below) =>
    [
        .. _cache.Cache.List(DnsName.Parse(name), below).Select(
            line => $"{line.Name} {line.Type} {RcodeText.Write(line.Rcode)} {line.SecondsLeft} s, {line.Hits} hits"),
    ];
}
