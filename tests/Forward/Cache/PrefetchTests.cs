using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Forward.Cache;

/// <summary>Names that are asked for again and again are asked for anew in the last tenth of their TTL.</summary>
public class PrefetchTests
{
    private readonly CacheTesting _cache = new();

    [Fact]
    public async Task Popular_name_is_asked_for_once_before_it_is_over_and_nobody_waits()
    {
        await UseAsync(times: 2, after: 0);
        await UseAsync(times: 5, after: 54);
        Assert.Equal(2, _cache.Asked.Count);
        _cache.Asked[1].Reply(CacheTesting.Address("192.0.2.2"));
        Assert.Equal("192.0.2.2 60", await CacheTesting.TextAsync(_cache.AskAsync()));
        _cache.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("192.0.2.2 1", await CacheTesting.TextAsync(_cache.AskAsync()));
        Assert.Equal((2, 1), (_cache.Asked.Count, _cache.Cache.Totals.Prefetches));
    }

    [Theory]
    [InlineData(1, 54)]
    [InlineData(9, 53)]
    public async Task Name_that_is_seldom_asked_for_or_still_fresh_is_left_alone(int times, int after)
    {
        await UseAsync(times, after);
        Assert.Single(_cache.Asked);
    }

    [Fact]
    public async Task Failed_prefetch_is_not_repeated_and_takes_nothing_away()
    {
        await UseAsync(times: 5, after: 54);
        _cache.Asked[1].Reply(CacheTesting.Failure());
        Assert.Equal("192.0.2.1 6", await CacheTesting.TextAsync(_cache.AskAsync()));
        Assert.Equal("192.0.2.1 6", await CacheTesting.TextAsync(_cache.AskAsync()));
        Assert.Equal("192.0.2.1 6", await CacheTesting.TextAsync(_cache.AskAsync()));
        Assert.Equal(2, _cache.Asked.Count);
        _cache.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal("192.0.2.1 30 ede 3", await CacheTesting.TextAsync(_cache.AskAsync()));
    }

    [Fact]
    public async Task Question_after_the_end_joins_the_prefetch()
    {
        await UseAsync(times: 5, after: 59);
        _cache.Time.Advance(TimeSpan.FromSeconds(1));
        Task<Answer?> pending = _cache.AskAsync();
        Assert.Equal(2, _cache.Asked.Count);
        _cache.Asked[1].Reply(CacheTesting.Address("192.0.2.2"));
        Assert.Equal("192.0.2.2 60", await CacheTesting.TextAsync(pending));
    }

    [Fact]
    public async Task Prefetch_asks_what_was_asked()
    {
        await UseAsync(times: 5, after: 54);
        Assert.Equal(_cache.Asked[0].Question.Type, _cache.Asked[1].Question.Type);
        Assert.Equal(DnsName.Parse(CacheTesting.Name), _cache.Asked[1].Question.Name);
    }

    private async Task UseAsync(int times, int after)
    {
        if (_cache.Asked.Count == 0) await _cache.AskAsync(CacheTesting.Address("192.0.2.1"));
        _cache.Time.Advance(TimeSpan.FromSeconds(after));
        for (int i = 0; i < times; i++) Assert.Equal($"192.0.2.1 {60 - after}", await CacheTesting.TextAsync(_cache.AskAsync()));
    }
}
