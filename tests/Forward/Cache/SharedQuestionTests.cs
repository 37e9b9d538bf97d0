using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Forward.Cache;

/// <summary>Equal questions on their way are one question, which belongs to nobody who waits for it.</summary>
public class SharedQuestionTests
{
    private readonly CacheTesting _cache = new();

    [Fact]
    public async Task Equal_questions_on_their_way_are_one()
    {
        Task<Answer?>[] pending = [.. Enumerable.Range(0, 100).Select(_ => _cache.AskAsync())];
        Assert.Single(_cache.Asked).Reply(CacheTesting.Address("192.0.2.53"));
        foreach (Task<Answer?> answer in pending) Assert.Equal("192.0.2.53 60", await CacheTesting.TextAsync(answer));
        Assert.Equal((100, 99), (_cache.Cache.Totals.Misses, _cache.Cache.Totals.Shared));
    }

    [Fact]
    public void Other_questions_are_asked_for_themselves()
    {
        _ = _cache.AskAsync();
        _ = _cache.AskAsync(type: RecordType.AAAA);
        _ = _cache.AskAsync("example.com");
        _ = _cache.AskAsync(change: query => query.Ask(query.Name, query.Type, dnssecOk: true));
        _ = _cache.AskAsync(change: query => query.Ask(query.Name, query.Type, checkingDisabled: true));
        _cache.Rule = CacheTesting.RuleOf("192.0.2.2");
        _ = _cache.AskAsync();
        Assert.Equal(6, _cache.Asked.Count);
    }

    [Fact]
    public async Task Client_that_leaves_ends_it_for_nobody_else()
    {
        using var leaving = new CancellationTokenSource();
        Task<Answer?> first = _cache.AskAsync(leaves: leaving.Token), second = _cache.AskAsync();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.False(_cache.Asked[0].Deadline.IsCancellationRequested);
        _cache.Asked[0].Reply(CacheTesting.Address("192.0.2.53"));
        Assert.Equal("192.0.2.53 60", await CacheTesting.TextAsync(second));
    }

    [Fact]
    public async Task Answer_is_kept_though_everybody_left()
    {
        using var leaving = new CancellationTokenSource();
        Task<Answer?> only = _cache.AskAsync(leaves: leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => only);
        _cache.Asked[0].Reply(CacheTesting.Address("192.0.2.53"));
        Assert.Equal("192.0.2.53 60", await CacheTesting.TextAsync(_cache.AskAsync()));
        Assert.Single(_cache.Asked);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deadline_of_its_own_ends_it(bool obeys)
    {
        Task<Answer?> first = _cache.AskAsync();
        _cache.Time.Advance(CacheTesting.Limit - TimeSpan.FromMilliseconds(1));
        Task<Answer?> last = _cache.AskAsync();
        Assert.False(first.IsCompleted);
        _cache.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(Assert.Single(_cache.Asked).Deadline.IsCancellationRequested);
        if (obeys) _cache.Asked[0].GiveUp();
        Assert.Equal("SERVFAIL ede 22", await CacheTesting.TextAsync(first));
        Assert.Equal("SERVFAIL ede 22", await CacheTesting.TextAsync(last));
    }

    [Fact]
    public async Task Bug_reaches_those_who_wait_and_the_next_question_is_asked()
    {
        Task<Answer?> first = _cache.AskAsync(), second = _cache.AskAsync();
        _cache.Asked[0].Throw(new InvalidOperationException("planted"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => first);
        await Assert.ThrowsAsync<InvalidOperationException>(() => second);
        Task<Answer?> third = _cache.AskAsync();
        _cache.Asked[1].Reply(CacheTesting.Address("192.0.2.53"));
        Assert.Equal("192.0.2.53 60", await CacheTesting.TextAsync(third));
    }

    [Fact]
    public async Task Shared_question_says_so_in_its_trace()
    {
        var trace = new ResolutionTrace(TimeProvider.System);
        Task<Answer?> first = _cache.AskAsync(), second = _cache.AskAsync(change: query => query.Trace = trace);
        _cache.Asked[0].Reply(CacheTesting.Address("192.0.2.53"));
        await Task.WhenAll(first, second);
        Assert.Equal("cache: shared with an equal question on its way", Assert.Single(trace.Steps).Detail);
    }

    [Theory]
    [InlineData("www.example.com", false, null)]
    [InlineData("www.example.com", false, RecordType.A)]
    [InlineData("example.com", true, null)]
    [InlineData(".", true, null)]
    public async Task Flush_keeps_the_older_answer_out(string flushed, bool below, RecordType? type)
    {
        Task<Answer?> before = _cache.AskAsync();
        Assert.Equal(0, _cache.Cache.Flush(DnsName.Parse(flushed), below, type));
        Task<Answer?> after = _cache.AskAsync();
        Assert.Equal(2, _cache.Asked.Count);
        _cache.Asked[1].Reply(CacheTesting.Address("192.0.2.2"));
        _cache.Asked[0].Reply(CacheTesting.Address("192.0.2.1"));
        Assert.Equal("192.0.2.1 60", await CacheTesting.TextAsync(before));
        Assert.Equal("192.0.2.2 60", await CacheTesting.TextAsync(after));
        Assert.Equal("192.0.2.2 60", await CacheTesting.TextAsync(_cache.AskAsync()));
    }

    [Theory]
    [InlineData("example.com", false, null)]
    [InlineData("www.example.com", false, RecordType.TXT)]
    [InlineData("a.www.example.com", true, null)]
    public async Task Flush_of_others_does_not_touch_it(string flushed, bool below, RecordType? type)
    {
        Task<Answer?> before = _cache.AskAsync();
        _cache.Cache.Flush(DnsName.Parse(flushed), below, type);
        Task<Answer?> after = _cache.AskAsync();
        Assert.Single(_cache.Asked).Reply(CacheTesting.Address("192.0.2.1"));
        await Task.WhenAll(before, after);
        Assert.Single(_cache.Cache.List(DnsName.Parse(CacheTesting.Name)));
    }
}
