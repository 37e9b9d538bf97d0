using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Forward.Upstreams;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Resolution.Listing;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward;

/// <summary>
/// Answers from upstreams: the view's own servers, else those of the rule with the longest suffix; then the cache, an equal question on
/// its way, and the pool that asks them. What no rule covers is not this source's.
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
        if (query.Class != RecordClass.Internet || RuleFor(query.Name, query.View, current) is not { } rule) return default;
        if (rule.Servers.Count == 0)
            return new ValueTask<Answer?>(HasOwnRule(query.View) ? UpstreamFailures.Withheld : UpstreamFailures.NoServerLeft);
        if (query.Tail is { Source: SourceName } tail && RuleFor(tail.QuestionName, query.View, current) == rule
            && ReplyAnswer.FromTail(Name, UpstreamQuestion.Of(query), tail) is { } known)
            return new ValueTask<Answer?>(known);
        return upstreams.FindAsync(rule, query, cancellationToken);
    }

    public VerdictReason? Reason(Query query, Answer? answer)
    {
        if (HasOwnRule(query.View))
            return new VerdictReason(new RecordOrigin { Kind = "PodServers", Name = string.Join(", ", query.View.Upstreams!.Servers) });
        return rules().For(query.Name) is { } rule
            ? new VerdictReason(new RecordOrigin { Kind = "ForwardRule", Name = rule.Suffix.ToString() })
            : new VerdictReason("no rule covers the name");
    }

    private static bool HasOwnRule(ClientView view) => view.Upstreams is { } own && own != ViewUpstreams.OfRules;

    /// <summary>
    /// The rule that a name falls under, seen from a view. An alias's target may be answered out of the alias's own answer only where it
    /// is the same rule: only these servers may then speak for it. An answer knows the name that it was built for.
    /// </summary>
    private ForwardRule? RuleFor(ReadOnlySpan<byte> name, ClientView view, ForwardRules current) =>
        HasOwnRule(view) ? pool.RuleOf(view.Upstreams!) : current.For(name);
}
