using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Forward.Upstreams;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Resolution.Listing;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward;

/// <summary>
/// Answers from upstreams: the rule with the longest suffix names the servers; then the cache, an equal question on its way, and the
/// pool that asks them. What no rule covers is not this source's.
/// </summary>
/// <param name="rules">The rules in force.</param>
/// <param name="upstreams">The cache before the pool.</param>
internal sealed class ForwardSource(Func<ForwardRules> rules, UpstreamPool pool, CachedUpstreams upstreams) : IRecordSource
{
    public const string SourceName = "forward";

    public string Name => SourceName;

    public ValueTask<Answer?> FindAsync(Query query, CancellationToken cancellationToken)
    {
        if (pool.Probes.Catches(query.Name)) return new ValueTask<Answer?>(UpstreamFailures.Loop);
        ForwardRules current = rules();
        if (query.Class != RecordClass.Internet || current.For(query.Name) is not { } rule) return default;
        if (rule.Servers.Count == 0) return new ValueTask<Answer?>(UpstreamFailures.NoServerLeft);
        if (query.Tail is { } tail && IsFrom(tail, rule, current) && ReplyAnswer.FromTail(Name, UpstreamQuestion.Of(query), tail) is { } known)
            return new ValueTask<Answer?>(known);
        return upstreams.FindAsync(rule, query, cancellationToken);
    }

    public VerdictReason? Reason(Query query, Answer? answer) => rules().For(query.Name) is { } rule
        ? new VerdictReason(new RecordOrigin { Kind = "ForwardRule", Name = rule.Suffix.ToString() })
        : new VerdictReason("no rule covers the name");

    /// <summary>
    /// True when the same rule gave the answer that the alias stood in: only these servers may then speak for its target.
    /// An answer knows the name that it was built for, so the rule is found by it.
    /// </summary>
    private static bool IsFrom(Answer tail, ForwardRule rule, ForwardRules rules) =>
        tail.Source == SourceName && rules.For(tail.QuestionName) == rule;
}
