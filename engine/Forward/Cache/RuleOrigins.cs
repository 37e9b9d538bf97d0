using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace KubeDoH.Engine.Forward.Cache;

/// <summary>Whose answers these are.</summary>
/// <param name="Number">Short enough for a key.</param>
/// <param name="Text">The rule's suffix and servers, for people.</param>
internal sealed record RuleOrigin(int Number, string Text)
{
    private long _answeredAt = long.MinValue;

    /// <summary>A timestamp: when these servers last answered any question.</summary>
    public long AnsweredAt => Volatile.Read(ref _answeredAt);

    public void Answered(long now) => Volatile.Write(ref _answeredAt, now);
}

/// <summary>
/// Numbers the rules by what they say. A reload that changes a rule's servers gives it another number, so that no answer of the old
/// servers is served for it; one that changes nothing forgets nothing.
/// </summary>
internal sealed class RuleOrigins
{
    private readonly ConditionalWeakTable<ForwardRule, RuleOrigin> _byRule = [];
    private readonly ConcurrentDictionary<string, RuleOrigin> _byText = new(StringComparer.Ordinal);
    private int _last;

    public RuleOrigin Of(ForwardRule rule) => _byRule.TryGetValue(rule, out RuleOrigin? origin) ? origin : Add(rule);

    private RuleOrigin Add(ForwardRule rule)
    {
        string text = $"{rule.Suffix} {string.Join(", ", rule.Servers.Select(Describe))}";
        RuleOrigin origin = _byText.GetOrAdd(text, words => new RuleOrigin(Interlocked.Increment(ref _last), words));
        _byRule.AddOrUpdate(rule, origin);
        return origin;
    }

    private static string Describe(UpstreamServer server) => server.Trusted ? $"{server} trusted" : $"{server}";
}
