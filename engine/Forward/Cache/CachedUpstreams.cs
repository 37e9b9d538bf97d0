using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward.Cache;

/// <summary>Asks the servers of a rule; what goes wrong is a SERVFAIL that says why.</summary>
/// <param name="cancellationToken">The deadline.</param>
internal delegate ValueTask<Answer> AskUpstreams(ForwardRule rule, UpstreamQuestion question, CancellationToken cancellationToken);

/// <summary>
/// The upstreams behind their cache. Equal questions on their way are one question, which nobody's leaving ends. An answer beyond its
/// TTL serves only when the upstreams fail or take too long, while they go on and bring the new one (RFC 8767 5).
/// </summary>
internal sealed class CachedUpstreams
{
    /// <summary>A question that is not over so long after the deadline is given up: nobody ever waits for good.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>An answer that is asked for as often within its TTL is asked for anew before that is over.</summary>
    public const int PrefetchHits = 3;

    /// <summary>So long a client waits before it gets a stale answer (RFC 8767 5, the client response timer).</summary>
    public static readonly TimeSpan ClientWait = TimeSpan.FromSeconds(1.8);

    private static readonly Answer TooLate = LocalAnswers.Failure(
        ForwardSource.SourceName, Rcode.ServFail, ExtendedErrorCode.NoReachableAuthority, "no upstream answered within the deadline");

    private readonly AnswerCache _cache;
    private readonly AskUpstreams _ask;
    private readonly TimeProvider _time;
    private readonly TimeSpan _deadline;
    private readonly SharedDeadlines _deadlines;

    /// <param name="deadline">Within which those who ask the upstreams give an answer of some kind.</param>
    public CachedUpstreams(AnswerCache cache, AskUpstreams ask, TimeSpan deadline, TimeProvider time)
    {
        (_cache, _ask, _deadline, _time) = (cache, ask, deadline, time);
        _deadlines = new SharedDeadlines(deadline + Grace, time, GiveUp);
    }

    /// <summary>The answer to a question that the rule covers. From the cache it comes at once and costs nothing.</summary>
    public ValueTask<Answer?> FindAsync(ForwardRule rule, Query query, CancellationToken cancellationToken)
    {
        Span<char> room = stackalloc char[CacheKey.MaxLength];
        RuleOrigin origin = _cache.Origins.Of(rule);
        ReadOnlySpan<char> key = room[..CacheKey.Write(room, query, origin)];
        long now = _time.GetTimestamp();
        CacheLine? line = _cache.Find(key);
        switch (line?.StateAt(now))
        {
            case LineState.Fresh:
                return new ValueTask<Answer?>(Hit(line, now, rule, query));
            case LineState.Failing when line.IsStaleAt(now):
                return new ValueTask<Answer?>(Stale(line, query));
            case LineState.Failing:
                return new ValueTask<Answer?>(Failed(line, now, query));
            default:
                UpstreamTries? tries = query.Trace is null ? null : new UpstreamTries();
                SharedQuestion shared = Ask(key, rule, origin, query, now, tries, out bool isNew);
                _cache.Counts.Miss(!isNew);
                query.Trace?.Cache(
                    query, isNew ? new CacheReading(CacheState.Miss) { Tries = tries } : new CacheReading(CacheState.Shared));
                TimeSpan? left = TimeLeft(query, now);
                if (line?.IsStaleAt(now) == true) return AwaitOrStaleAsync(shared, line, left, query, cancellationToken);
                if (left is { } rest) return AwaitAsync(shared.Answer, rest, cancellationToken);
                return isNew ? shared.FirstAsync(cancellationToken) : new ValueTask<Answer?>(shared.Answer.WaitAsync(cancellationToken)!);
        }
    }

    private Answer Hit(CacheLine line, long now, ForwardRule rule, Query query)
    {
        line.Touch();
        Answer answer = line.Answer!;
        _cache.Counts.Hit(denied: line.IsDenial);
        query.Trace?.Cache(
            query, new CacheReading(CacheState.Hit) { Age = AgeOf(answer), Left = _time.GetElapsedTime(now, line.ExpiresAt) });
        if (now >= line.PrefetchAt && line.Hits >= PrefetchHits && line.TryBeginRefresh())
        {
            _cache.Counts.Prefetch();
            _ = Ask(line.Key, rule, line.Origin, query, now, tries: null, out _);
        }

        return answer;
    }

    private Answer Stale(CacheLine line, Query query)
    {
        line.Touch();
        _cache.Counts.Stale();
        query.Trace?.Cache(query, new CacheReading(CacheState.Stale) { Age = AgeOf(line.Answer!) });
        return line.Stale;
    }

    private Answer Failed(CacheLine line, long now, Query query)
    {
        line.Touch();
        _cache.Counts.Failed();
        query.Trace?.Cache(query, new CacheReading(CacheState.Failed)
        {
            Age = _time.GetElapsedTime(line.FailedAt, now), Left = _time.GetElapsedTime(now, line.FailedUntil),
        });
        return line.Failure!;
    }

    private static TimeSpan AgeOf(Answer answer) => TimeSpan.FromSeconds(answer.TtlsNow.Age);

    /// <summary>
    /// What is left of the deadline of a client whose question waited for upstreams before, for another name that it led to; null for the
    /// first, which ends by itself.
    /// </summary>
    private TimeSpan? TimeLeft(Query query, long now)
    {
        if (query.WaitingSince is { } since) return _deadline - _time.GetElapsedTime(since, now);
        query.WaitingSince = now;
        return null;
    }

    private async ValueTask<Answer?> AwaitAsync(Task<Answer> answer, TimeSpan left, CancellationToken cancellationToken)
    {
        await WaitAsync(answer, left, cancellationToken).ConfigureAwait(false);
        return answer.IsCompleted ? await answer.ConfigureAwait(false) : TooLate;
    }

    /// <summary>Waits for so long at most.</summary>
    private async Task WaitAsync(Task answer, TimeSpan left, CancellationToken cancellationToken)
    {
        if (left <= TimeSpan.Zero || answer.IsCompleted) return;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(answer, Task.Delay(left, _time, stop.Token)).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Waits for the new answer; the old one serves when that is none, or none comes in time.</summary>
    private async ValueTask<Answer?> AwaitOrStaleAsync(
        SharedQuestion shared, CacheLine line, TimeSpan? left, Query query, CancellationToken cancellationToken)
    {
        TimeSpan wait = ClientWait - _time.GetElapsedTime(shared.StartedAt);
        await WaitAsync(shared.Answer, left < wait ? left.Value : wait, cancellationToken).ConfigureAwait(false);
        if (!shared.Answer.IsCompleted) return Stale(line, query);
        Answer answer = await shared.Answer.ConfigureAwait(false);
        return answer.Rcode is Rcode.NoError or Rcode.NxDomain ? answer : Stale(line, query);
    }

    /// <summary>Joins the equal question that is on its way, or sends this one.</summary>
    private SharedQuestion Ask(
        ReadOnlySpan<char> key, ForwardRule rule, RuleOrigin origin, Query query, long now, UpstreamTries? tries, out bool isNew)
    {
        SharedQuestion shared = _cache.Open(key, origin, now, out isNew);
        if (isNew) _ = RunAsync(shared, rule, UpstreamQuestion.Of(query) with { Tries = tries });
        return shared;
    }

    private async Task RunAsync(SharedQuestion shared, ForwardRule rule, UpstreamQuestion question)
    {
        CancellationToken givenUp = _deadlines.Add(shared);
        try
        {
            Answer answer = await _ask(rule, question, givenUp).ConfigureAwait(false);
            _deadlines.Remove(shared);
            Settle(shared, answer);
        }
        catch (OperationCanceledException) when (givenUp.IsCancellationRequested)
        {
            // It was given up, and those who waited have their answer.
        }
        catch (Exception bug)
        {
            _deadlines.Remove(shared);
            if (!shared.TrySettle()) return;
            _cache.Abandon(shared);
            shared.Fail(bug);
        }
    }

    private void GiveUp(SharedQuestion shared)
    {
        shared.Ends!.Cancel();
        Settle(shared, TooLate);
    }

    private void Settle(SharedQuestion shared, Answer answer)
    {
        if (shared.TrySettle()) shared.Complete(_cache.Close(shared, answer));
    }
}
