using KubeDoH.Engine.Forward.Upstreams;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward.Cache;

/// <summary>
/// Failures are kept too, for a moment each, and for longer while a question keeps failing though its servers answer others
/// (RFC 9520 3.2). While they answer nothing at all the fault is theirs: their health holds questions back, and no name has to wait
/// longer than a moment once they are back.
/// </summary>
internal static class CacheFailures
{
    /// <summary>So long after a failure the next one still counts as one in a row.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(CacheOptions.MaxFailureTtl);

    /// <summary>
    /// True for what upstreams failed at when they were asked. Where nobody was, for want of room or because all of them are known to be
    /// down, the next question may find it otherwise.
    /// </summary>
    public static bool IsKept(Answer failure) =>
        failure.Error?.Code is ExtendedErrorCode.NoReachableAuthority or ExtendedErrorCode.NetworkError
        && failure != UpstreamFailures.AllDown && failure != UpstreamFailures.Loop;

    /// <summary>The line that notes a failure; an answer that may still serve stays in it.</summary>
    public static CacheLine Line(SharedQuestion question, CacheLine? old, Answer failure, long now, CacheTtls ttls, TimeProvider time)
    {
        bool serves = old?.IsStaleAt(now) == true;
        int failures = old is null || !IsRemembered(old, now, time) ? 1
            : question.Origin.AnsweredAt >= old.FailedAt ? old.Failures + 1
            : old.Failures;
        bool asStale = serves && old!.StaleUntil > old.ExpiresAt;
        TimeSpan pause = asStale ? CacheTtls.StaleRecheck : ttls.OfFailure(failures);
        var given = new ExtendedError(ExtendedErrorCode.CachedError, $"failed a moment ago: {failure.Error!.Text}");
        return new CacheLine(question.Key, question.Origin)
        {
            Answer = serves ? old!.Answer : null,
            ExpiresAt = serves ? old!.ExpiresAt : 0,
            StaleUntil = serves ? old!.StaleUntil : 0,
            Failure = failure.Because(given),
            FailedAt = now,
            FailedUntil = now + time.TicksOf(pause),
            Failures = failures,
            EarlierHits = old?.TotalHits ?? 0,
        };
    }

    public static bool IsRemembered(CacheLine line, long now, TimeProvider time) =>
        line.Failure is not null && now < line.FailedUntil + time.TicksOf(Memory);
}
