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
/// <param name="deadline">Within which those who ask the upstreams give an answer of some kind.</param>
internal sealed class CachedUpstreams(AnswerCache cache, AskUpstreams ask, TimeSpan deadline, TimeProvider time)
{
    /// <summary>A question that is not over so long after the deadline is given up: nobody ever waits for good.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>An answer that is asked for as often within its TTL is asked for anew before that is over.</summary>
    public const int PrefetchHits = 3;

    /// <summary>So long a client waits before it gets a stale answer (RFC 8767 5, the client response timer).</summary>
    public static readonly TimeSpan ClientWait = TimeSpan.FromSeconds(1.8);

    private static readonly Answer TooLate = LocalAnswers.Failure(
        ForwardSource.SourceName, Rcode.ServFail, ExtendedErrorCode.NoReachableAuthority, "no upstream answered within the deadline");

    /// <summary>The answer to a question that the rule covers. From the cache it comes at once and costs nothing.</summary>
    public ValueTask<Answer?> FindAsync(ForwardRule rule, Query query, CancellationToken cancellationToken)
    {
        Span<char> room = stackalloc char[CacheKey.MaxLength];
        RuleOrigin origin = cache.Origins.Of(rule);
        ReadOnlySpan<char> key = room[..CacheKey.Write(room, query, origin)];
        long now = time.GetTimestamp();
        CacheLine? line = cache.Find(key);
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
                SharedQuestion shared = Ask(key, rule, origin, query, tries, out bool isNew);
                cache.Counts.Miss(!isNew);
                query.Trace?.Cache(query, isNew ? new CacheReading(CacheState.Miss) { Tries = tries } : new CacheReading(CacheState.Shared));
                return line?.IsStaleAt(now) == true
                    ? AwaitOrStaleAsync(shared, line, query, cancellationToken)
                    : AwaitAsync(shared, cancellationToken);
        }
    }

    private Answer Hit(CacheLine line, long now, ForwardRule rule, Query query)
    {
        line.Touch();
        cache.Counts.Hit();
        Answer answer = line.Answer!;
        query.Trace?.Cache(query, new CacheReading(CacheState.Hit) { Age = AgeOf(answer), Left = time.GetElapsedTime(now, line.ExpiresAt) });
        if (now >= line.PrefetchAt && line.Hits >= PrefetchHits && line.TryBeginRefresh())
        {
            cache.Counts.Prefetch();
            _ = Ask(line.Key, rule, line.Origin, query, tries: null, out _);
        }

        return answer;
    }

    private Answer Stale(CacheLine line, Query query)
    {
        line.Touch();
        cache.Counts.Stale();
        query.Trace?.Cache(query, new CacheReading(CacheState.Stale) { Age = AgeOf(line.Answer!) });
        return line.Stale;
    }

    private Answer Failed(CacheLine line, long now, Query query)
    {
        line.Touch();
        cache.Counts.Failed();
        query.Trace?.Cache(query, new CacheReading(CacheState.Failed)
        {
            Age = time.GetElapsedTime(line.FailedAt, now), Left = time.GetElapsedTime(now, line.FailedUntil),
        });
        return line.Failure!;
    }

    private static TimeSpan AgeOf(Answer answer) => TimeSpan.FromSeconds(answer.TtlsNow.Age);

    private static async ValueTask<Answer?> AwaitAsync(SharedQuestion shared, CancellationToken cancellationToken) =>
        await shared.Answer.WaitAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Waits for the new answer; the old one serves when that is none, or none comes in time.</summary>
    private async ValueTask<Answer?> AwaitOrStaleAsync(
        SharedQuestion shared, CacheLine line, Query query, CancellationToken cancellationToken)
    {
        TimeSpan left = ClientWait - time.GetElapsedTime(shared.StartedAt);
        if (left > TimeSpan.Zero)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(shared.Answer, Task.Delay(left, time, stop.Token)).ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }

        if (!shared.Answer.IsCompleted) return Stale(line, query);
        Answer answer = await shared.Answer.ConfigureAwait(false);
        return answer.Rcode is Rcode.NoError or Rcode.NxDomain ? answer : Stale(line, query);
    }

    /// <summary>Joins the equal question that is on its way, or sends this one.</summary>
    private SharedQuestion Ask(
        ReadOnlySpan<char> key, ForwardRule rule, RuleOrigin origin, Query query, UpstreamTries? tries, out bool isNew)
    {
        SharedQuestion shared = cache.Open(key, origin, out isNew);
        if (isNew) _ = RunAsync(shared, rule, UpstreamQuestion.Of(query) with { Tries = tries });
        return shared;
    }

    private async Task RunAsync(SharedQuestion shared, ForwardRule rule, UpstreamQuestion question)
    {
        try
        {
            using var limit = new CancellationTokenSource(deadline + Grace, time);
            Answer answer;
            try
            {
                answer = await ask(rule, question, limit.Token).AsTask().WaitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                answer = TooLate;
            }

            shared.Complete(cache.Close(shared, answer));
        }
        catch (Exception bug)
        {
            cache.Abandon(shared);
            shared.Fail(bug);
        }
    }
}
