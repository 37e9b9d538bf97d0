using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Forward.Cache;

/// <summary>
/// A client's question has one deadline, however many names it leads to: a resolver beside it gives up after five seconds.
/// </summary>
public class OneDeadlineTests
{
    private static readonly TimeSpan Deadline = CacheTesting.Limit - CachedUpstreams.Grace;
    private readonly CacheTesting _cache = new();

    [Fact]
    public async Task Walk_through_a_search_list_ends_at_the_deadline_of_its_first_question()
    {
        Task<Answer> pending = AskAsync("www", "a.example", "b.example", "c.example");
        _cache.Time.Advance(Deadline / 2);
        _cache.Asked[0].Reply(CacheTesting.Absence("www.a.example"));
        _cache.Time.Advance((Deadline / 2) - TimeSpan.FromMilliseconds(1));
        Assert.False(pending.IsCompleted);

        _cache.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal("SERVFAIL 22 no upstream answered within the deadline", await TextAsync(pending));
        Assert.Equal(["www.a.example.", "www.b.example."], _cache.Asked.Select(asked => asked.Question.Name.ToString()));
    }

    [Fact]
    public async Task Chain_of_aliases_ends_at_the_deadline_of_its_first_question()
    {
        Task<Answer> pending = AskAsync("one.example");
        for (int link = 0; link < 4; link++)
        {
            Assert.False(pending.IsCompleted);
            _cache.Time.Advance(Deadline / 4);
            Assert.True(SpinWait.SpinUntil(() => _cache.Asked.Count > link, TimeSpan.FromSeconds(20)));
            if (link < 3) _cache.Asked[link].Reply(CacheTesting.Alias(_cache.Asked[link].Question.Name.ToString(), $"link{link}.example"));
        }

        Assert.Equal("SERVFAIL 22 no upstream answered within the deadline", await TextAsync(pending));
    }

    /// <summary>The question goes on for the next who asks.</summary>
    [Fact]
    public async Task Question_that_a_walk_did_not_wait_for_is_kept_when_it_is_answered()
    {
        Task<Answer> pending = AskAsync("www", "a.example", "b.example");
        _cache.Time.Advance(Deadline - TimeSpan.FromMilliseconds(1));
        _cache.Asked[0].Reply(CacheTesting.Absence("www.a.example"));
        _cache.Time.Advance(TimeSpan.FromMilliseconds(1));
        await TextAsync(pending);

        _cache.Asked[1].Reply(CacheTesting.Address("192.0.2.1", name: "www.b.example"));

        Assert.Equal(Rcode.NoError, (await AskAsync("www.b.example")).Rcode);
        Assert.Equal(2, _cache.Asked.Count);
    }

    /// <summary>What waited for no upstream has all the time: a name before it was in the cache.</summary>
    [Fact]
    public async Task Deadline_counts_from_the_first_question_that_is_sent()
    {
        await _cache.AskAsync(CacheTesting.Absence("www.a.example"), "www.a.example");
        _cache.Time.Advance(TimeSpan.FromSeconds(1));
        Task<Answer> pending = AskAsync("www", "a.example", "b.example");
        _cache.Time.Advance(Deadline - TimeSpan.FromMilliseconds(1));
        _cache.Asked[1].Reply(CacheTesting.Address("192.0.2.1", name: "www.b.example"));
        Assert.Equal(Rcode.NoError, (await pending.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Rcode);
    }

    private async Task<Answer> AskAsync(string name, params string[] searchList)
    {
        var resolver = new SearchExpander(new AliasChaser(new SourceChain([new Source(_cache)])), []);
        using Query query = Query.Rent();
        query.Ask(DnsName.Parse(name).Span, RecordType.A);
        query.View = new ClientView { SearchList = [.. searchList.Select(suffix => DnsName.Parse(suffix))], Ndots = 5 };
        return await resolver.ResolveAsync(query, TestContext.Current.CancellationToken);
    }

    private static async Task<string> TextAsync(Task<Answer> pending)
    {
        Answer answer = await pending.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        return $"{RcodeText.Write(answer.Rcode)} {(int?)answer.Error?.Code} {answer.Error?.Text}";
    }

    private sealed class Source(CacheTesting cached) : IRecordSource
    {
        public string Name => "forward";

        public ValueTask<Answer?> FindAsync(Query query, CancellationToken cancellationToken) =>
            cached.Upstreams.FindAsync(cached.Rule, query, cancellationToken);
    }
}
