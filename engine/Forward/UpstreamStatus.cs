using KubeDoH.Engine.Metrics;
using KubeDoH.Engine.Resolution;

namespace KubeDoH.Engine.Forward;

/// <summary>Whether an upstream is asked.</summary>
public enum UpstreamState
{
    /// <summary>It answers, or was not asked yet.</summary>
    Healthy,

    /// <summary>It failed lately and is still asked in its turn.</summary>
    Suspect,

    /// <summary>It keeps failing: it is left out but for a probe now and then, unless nobody else is left.</summary>
    Down,

    /// <summary>A question sent to it comes back to this service: it is never asked while that is so.</summary>
    Looping,
}

/// <summary>How an upstream stands, for an operator.</summary>
/// <param name="Address">As the options write it.</param>
/// <param name="Rules">
/// The suffixes whose names it is asked for; <c>.</c> for the default rule, <see cref="OfPods"/> for what pods ask it.
/// </param>
public sealed record UpstreamStatus(string Address, UpstreamTransport Transport, IReadOnlyList<string> Rules)
{
    /// <summary>Stands for the pods whose server it is.</summary>
    public const string OfPods = "pods";

    public UpstreamState State { get; init; }

    /// <summary>When it is tried again; null unless it is down.</summary>
    public DateTimeOffset? DownUntil { get; init; }

    /// <summary>Its AD flag is believed.</summary>
    public bool Trusted { get; init; }

    /// <summary>Questions on their way to it now.</summary>
    public int InFlight { get; init; }

    /// <summary>From question to reply, over the last thousand or so; null before the first reply.</summary>
    public RttQuantiles? Rtt { get; init; }

    public UpstreamCounts Counts { get; init; } = new();

    /// <summary>From question to reply in seconds, by the reply's response code, since the start.</summary>
    public IReadOnlyDictionary<string, HistogramReading> Durations { get; init; } = new Dictionary<string, HistogramReading>();

    /// <summary>What went wrong last; it stays when all is well again.</summary>
    public SourceError? LastError { get; init; }
}

/// <summary>Times that half, nine in ten and ninety-nine in a hundred replies came within.</summary>
public sealed record RttQuantiles(TimeSpan P50, TimeSpan P90, TimeSpan P99);

/// <summary>How the questions to an upstream ended, since the start.</summary>
public sealed record UpstreamCounts
{
    /// <summary>NOERROR and NXDOMAIN.</summary>
    public long Answered { get; init; }

    public long ServFail { get; init; }

    public long Refused { get; init; }

    /// <summary>Replies with another code, referrals, and replies that say nothing about the question.</summary>
    public long Useless { get; init; }

    public long TimedOut { get; init; }

    /// <summary>Another server, asked later, answered first.</summary>
    public long Overtaken { get; init; }

    public long NetworkErrors { get; init; }

    public long Malformed { get; init; }
}
