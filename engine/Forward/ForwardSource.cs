using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward;

/// <summary>
/// Answers from upstreams: the rule with the longest suffix names the servers; then the cache, an equal question on its way, and the
/// policy that asks them. What no rule covers is not this source's.
/// </summary>
internal sealed class ForwardSource : IRecordSource
{
    public const string SourceName = "forward";

    /// <summary>The client may come back at once: what stands in its way is our own load.</summary>
    private static readonly Answer Full =
        LocalAnswers.Failure(SourceName, Rcode.ServFail, ExtendedErrorCode.Other, "too many questions are on their way to upstreams");

    private static readonly Answer NoServerLeft = LocalAnswers.Failure(
        SourceName, Rcode.ServFail, ExtendedErrorCode.NoReachableAuthority, "the only upstreams for this name lead back to this service");

    private readonly ForwardOptions _options;
    private readonly Func<ForwardRules> _rules;
    private readonly SequentialPolicy _policy;
    private readonly CachedUpstreams _upstreams;
    private int _onTheirWay;

    /// <param name="rules">The rules in force.</param>
    public ForwardSource(ForwardOptions options, Func<ForwardRules> rules, IUpstreamExchange exchange, AnswerCache cache, TimeProvider time)
    {
        _options = options;
        _rules = rules;
        _policy = new SequentialPolicy(SourceName, exchange, options.Timeout, options.Deadline, time);
        _upstreams = new CachedUpstreams(cache, AskAsync, options.Deadline + options.Timeout, time);
    }

    public string Name => SourceName;

    public ValueTask<Answer?> FindAsync(Query query, CancellationToken cancellationToken)
    {
        ForwardRules current = _rules();
        if (query.Class != RecordClass.Internet || current.For(query.Name) is not { } rule) return default;
        if (rule.Servers.Count == 0) return new ValueTask<Answer?>(NoServerLeft);

        if (query.Tail is { } tail && IsFrom(tail, rule, current) && ReplyAnswer.FromTail(Name, UpstreamQuestion.Of(query), tail) is { } known)
            return new ValueTask<Answer?>(known);
        return _upstreams.FindAsync(rule, query, cancellationToken);
    }

    /// <summary>
    /// True when the same rule gave the answer that the alias stood in: only these servers may then speak for its target.
    /// An answer knows the name that it was built for, so the rule is found by it.
    /// </summary>
    private static bool IsFrom(Answer tail, ForwardRule rule, ForwardRules rules) =>
        tail.Source == SourceName && rules.For(tail.QuestionName) == rule;

    private async ValueTask<Answer> AskAsync(ForwardRule rule, UpstreamQuestion question, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _onTheirWay) > _options.MaxConcurrent)
        {
            Interlocked.Decrement(ref _onTheirWay);
            return Full;
        }

        try
        {
            return await _policy.AskAsync(rule.Servers, question, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _onTheirWay);
        }
    }
}
