namespace KubeDoH.Engine.Resolution;

/// <summary>What the cache before the upstreams had for a question.</summary>
public enum CacheState
{
    /// <summary>An answer within its TTL.</summary>
    Hit,

    /// <summary>Nothing: upstreams were asked.</summary>
    Miss,

    /// <summary>Nothing, and an equal question was on its way: its answer was waited for.</summary>
    Shared,

    /// <summary>An answer beyond its TTL, which serves as the upstreams fail.</summary>
    Stale,

    /// <summary>A failure of a moment ago.</summary>
    Failed,
}

/// <summary>What a trace tells of the cache.</summary>
public sealed record CacheReading(CacheState State)
{
    /// <summary>Of what it had; zero where it had nothing.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>For how much longer it is kept; zero where it had nothing, or nothing within its TTL.</summary>
    public TimeSpan Left { get; init; }

    /// <summary>The servers that were asked; null where nobody was, or somebody else did.</summary>
    public UpstreamTries? Tries { get; init; }

    internal string Describe() => State switch
    {
        CacheState.Hit => $"hit, {Seconds} s old",
        CacheState.Miss => "miss",
        CacheState.Shared => "shared with an equal question on its way",
        CacheState.Stale => $"stale, {Seconds} s old",
        _ => $"failed {Seconds} s ago",
    };

    private long Seconds => (long)Age.TotalSeconds;
}

/// <summary>The tries at upstream servers for one question, noted as they end, some of them perhaps later than the answer.</summary>
public sealed class UpstreamTries
{
    private readonly Lock _lock = new();
    private readonly List<UpstreamTryStep> _ended = [];

    /// <summary>Those that have ended, in the order of their ends.</summary>
    public IReadOnlyList<UpstreamTryStep> Ended
    {
        get
        {
            lock (_lock) return [.. _ended];
        }
    }

    internal void Add(UpstreamTryStep step)
    {
        lock (_lock) _ended.Add(step);
    }
}

/// <summary>One question to one server.</summary>
/// <param name="Server">Its address as the options write it.</param>
/// <param name="Took">From the question to the reply, or to the moment at which nobody waited any longer.</param>
/// <param name="Failure">Why there is no answer of it, in a few words; null when there is.</param>
public sealed record UpstreamTryStep(string Server, TimeSpan Took, string? Failure);
