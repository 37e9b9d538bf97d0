using KubeDoH.Engine;
using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Forward.Upstreams;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Forward.Cache;

/// <summary>The timers of RFC 8767 5, to the millisecond.</summary>
public class ServeStaleTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);
    private readonly CacheTesting _cache = new();

    [Fact]
    public async Task Client_gets_the_stale_answer_after_its_wait_and_no_sooner()
    {
        await KeepAndExpireAsync();
        Task<Answer?> pending = _cache.AskAsync();
        _cache.Time.Advance(CachedUpstreams.ClientWait - Moment);
        Assert.False(pending.IsCompleted);
        _cache.Time.Advance(Moment);
        Assert.Equal("192.0.2.1 30 ede 3", await CacheTesting.TextAsync(pending));
        Assert.Equal(1, _cache.Cache.Totals.StaleServed);
    }

    [Fact]
    public async Task Client_that_comes_later_waits_from_the_same_start()
    {
        await KeepAndExpireAsync();
        Task<Answer?> first = _cache.AskAsync();
        _cache.Time.Advance(TimeSpan.FromSeconds(1));
        Task<Answer?> second = _cache.AskAsync();
        _cache.Time.Advance(CachedUpstreams.ClientWait - TimeSpan.FromSeconds(1));
        Assert.Equal("192.0.2.1 30 ede 3", await CacheTesting.TextAsync(first));
        Assert.Equal("192.0.2.1 30 ede 3", await CacheTesting.TextAsync(second));
        Assert.Equal("192.0.2.1 30 ede 3", await CacheTesting.TextAsync(_cache.AskAsync()));
    }

    [Fact]
    public async Task New_answer_in_time_serves()
    {
        await KeepAndExpireAsync();
        Task<Answer?> pending = _cache.AskAsync();
        _cache.Time.Advance(CachedUpstreams.ClientWait - Moment);
        _cache.Asked[1].Reply(CacheTesting.Address("192.0.2.2"));
        Assert.Equal("192.0.2.2 60", await CacheTesting.TextAsync(pending));
    }

    [Fact]
    public async Task Question_goes_on_behind_a_stale_answer_and_brings_the_new_one()
    {
        await KeepAndExpireAsync();
        Task<Answer?> pending = _cache.AskAsync();
        _cache.Time.Advance(CachedUpstreams.ClientWait);
        await pending;
        _cache.Time.Advance(TimeSpan.FromSeconds(1));
        _cache.Asked[1].Reply(CacheTesting.Address("192.0.2.2"));
        Assert.Equal("192.0.2.2 60", await CacheTesting.TextAsync(_cache.AskAsync()));
        Assert.Equal(2, _cache.Asked.Count);
    }

    [Fact]
    public async Task Failure_gives_the_stale_answer_at_once_and_again_for_thirty_seconds()
    {
        await KeepAndExpireAsync();
        Assert.Equal("192.0.2.1 30 ede 3", await _cache.AskAsync(CacheTesting.Failure()));
        _cache.Time.Advance(CacheTtls.StaleRecheck - Moment);
        Assert.Equal("192.0.2.1 30 ede 3", await CacheTesting.TextAsync(_cache.AskAsync()));
        Assert.Equal(2, _cache.Asked.Count);
        _cache.Time.Advance(Moment);
        Assert.Equal("192.0.2.2 60", await _cache.AskAsync(CacheTesting.Address("192.0.2.2")));
    }

    /// <summary>Our own load is no failure of the upstreams: the old answer is better than none, and the next client tries again.</summary>
    [Fact]
    public async Task Overload_gives_the_stale_answer_and_is_not_remembered()
    {
        await KeepAndExpireAsync();
        Assert.Equal("192.0.2.1 30 ede 3", await _cache.AskAsync(CacheTesting.Failure(ExtendedErrorCode.Other)));
        Assert.Equal("192.0.2.2 60", await _cache.AskAsync(CacheTesting.Address("192.0.2.2")));
    }

    [Fact]
    public async Task Overload_is_no_kept_failure()
    {
        Assert.Equal("SERVFAIL ede 0", await _cache.AskAsync(CacheTesting.Failure(ExtendedErrorCode.Other)));
        Assert.Equal("192.0.2.2 60", await _cache.AskAsync(CacheTesting.Address("192.0.2.2")));
    }

    /// <summary>Nobody was asked: that the servers are down is known of them, and each tries them again in its own time.</summary>
    [Fact]
    public async Task Servers_that_are_known_to_be_down_are_no_kept_failure()
    {
        Assert.Equal("SERVFAIL ede 22", await _cache.AskAsync(UpstreamFailures.AllDown));
        Assert.Equal("192.0.2.2 60", await _cache.AskAsync(CacheTesting.Address("192.0.2.2")));
    }

    [Fact]
    public async Task Client_that_leaves_while_it_waits_is_gone()
    {
        await KeepAndExpireAsync();
        using var leaving = new CancellationTokenSource();
        Task<Answer?> pending = _cache.AskAsync(leaves: leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
    }

    [Fact]
    public async Task Failures_grow_to_five_minutes_and_no_further()
    {
        int[] pauses = [5, 10, 20, 40, 80, 160, 300, 300];
        foreach (int pause in pauses)
        {
            Assert.Equal("SERVFAIL ede 22", await _cache.AskAsync(CacheTesting.Failure()));
            await _cache.AskAsync(CacheTesting.Address("192.0.2.9", ttl: 0, "works.example.com"), "works.example.com");
            int asked = _cache.Asked.Count;
            _cache.Time.Advance(TimeSpan.FromSeconds(pause) - Moment);
            Assert.Equal("SERVFAIL ede 13", await CacheTesting.TextAsync(_cache.AskAsync()));
            Assert.Equal(asked, _cache.Asked.Count);
            _cache.Time.Advance(Moment);
        }

        await _cache.AskAsync(CacheTesting.Address("192.0.2.1"));
        _cache.Time.Advance(TimeSpan.FromDays(4));
        Assert.Equal("SERVFAIL ede 22", await _cache.AskAsync(CacheTesting.Failure()));
        _cache.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("192.0.2.1 60", await _cache.AskAsync(CacheTesting.Address("192.0.2.1")));
    }

    [Fact]
    public async Task Failures_of_servers_that_answer_nothing_do_not_grow()
    {
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal("SERVFAIL ede 22", await _cache.AskAsync(CacheTesting.Failure()));
            _cache.Time.Advance(TimeSpan.FromSeconds(5) - Moment);
            Assert.Equal("SERVFAIL ede 13", await CacheTesting.TextAsync(_cache.AskAsync()));
            _cache.Time.Advance(Moment);
        }

        Assert.Equal("192.0.2.1 60", await _cache.AskAsync(CacheTesting.Address("192.0.2.1")));
    }

    [Fact]
    public async Task Failures_long_ago_do_not_count()
    {
        var cache = new CacheTesting(new CacheOptions { FailureTtl = 5 });
        await cache.AskAsync(CacheTesting.Failure());
        cache.Time.Advance(TimeSpan.FromSeconds(5 + CacheOptions.MaxFailureTtl));
        await cache.AskAsync(CacheTesting.Failure());
        cache.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("192.0.2.1 60", await cache.AskAsync(CacheTesting.Address("192.0.2.1")));
    }

    private async Task KeepAndExpireAsync()
    {
        await _cache.AskAsync(CacheTesting.Address("192.0.2.1"));
        _cache.Time.Advance(TimeSpan.FromSeconds(60));
    }
}
