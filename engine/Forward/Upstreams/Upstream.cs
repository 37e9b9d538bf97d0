using KubeDoH.Engine.Metrics;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward.Upstreams;

/// <summary>A server with everything that is known of it: it outlives the rules that name it.</summary>
internal sealed class Upstream(UpstreamServer server, TimeProvider time, Random random)
{
    /// <summary>A slow server has a second one asked beside it after twice the time that nine in ten replies take, within these.</summary>
    private static readonly TimeSpan LeastPatience = TimeSpan.FromMilliseconds(25), MostPatience = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan UnknownPatience = TimeSpan.FromMilliseconds(300);

    private const int RepliesToKnow = 8;

    /// <summary>The codes of the header are four bits; those beyond NOTZONE are none.</summary>
    private const int OtherRcode = 11;

    private readonly long[] _counts = new long[(int)TryOutcome.Malformed + 1];
    private readonly Distribution?[] _durations = new Distribution?[OtherRcode + 1];
    private int _inFlight;
    private volatile DnsName[] _looping = [];

    public UpstreamServer Server { get; } = server;

    public UpstreamHealth Health { get; } = new(time, random);

    public RttHistogram Rtt { get; } = new();

    /// <summary>True when questions of the rule with this suffix come back to this service from it.</summary>
    public bool LoopsFor(DnsName suffix) => _looping is { Length: > 0 } suffixes && suffixes.Contains(suffix);

    /// <summary>Says whether they do; false when that was known.</summary>
    public bool SetLoop(DnsName suffix, bool loops)
    {
        if (LoopsFor(suffix) == loops) return false;
        _looping = loops ? [.. _looping, suffix] : [.. _looping.Where(known => known != suffix)];
        return true;
    }

    /// <summary>After this long without a reply another server is asked too.</summary>
    public TimeSpan Patience
    {
        get
        {
            if (Rtt.Quantile(0.9, RepliesToKnow) is not { } most) return UnknownPatience;
            return 2 * most < LeastPatience ? LeastPatience : 2 * most > MostPatience ? MostPatience : 2 * most;
        }
    }

    public void Began() => Interlocked.Increment(ref _inFlight);

    public void Ended(TryOutcome outcome)
    {
        Interlocked.Decrement(ref _inFlight);
        Interlocked.Increment(ref _counts[(int)outcome]);
    }

    /// <summary>A message came back, of whatever worth.</summary>
    public void Replied(ReadOnlySpan<byte> message, TimeSpan duration)
    {
        Rtt.Add(duration);
        int rcode = message.Length < MessageHeader.Size ? OtherRcode : Math.Min((int)MessageHeader.Read(message).Rcode, OtherRcode);
        Distribution durations = _durations[rcode]
            ?? Interlocked.CompareExchange(ref _durations[rcode], new Distribution(Buckets.Times), null) ?? _durations[rcode]!;
        durations.Add(duration.Ticks / TimeSpan.TicksPerMicrosecond);
    }

    public UpstreamStatus Read(IReadOnlyList<string> rules)
    {
        var (state, downUntil, lastError) = Health.Read();
        return new UpstreamStatus(Server.ToString(), Server.Transport, rules)
        {
            State = _looping.Length > 0 ? UpstreamState.Looping : state,
            DownUntil = downUntil,
            Trusted = Server.Trusted,
            InFlight = Volatile.Read(ref _inFlight),
            Rtt = Rtt.Read(),
            LastError = lastError,
            Durations = ReadDurations(),
            Counts = new UpstreamCounts
            {
                Answered = Count(TryOutcome.Answered),
                ServFail = Count(TryOutcome.ServFail),
                Refused = Count(TryOutcome.Refused),
                Useless = Count(TryOutcome.Useless),
                TimedOut = Count(TryOutcome.TimedOut),
                Overtaken = Count(TryOutcome.Overtaken),
                NetworkErrors = Count(TryOutcome.NetworkError),
                Malformed = Count(TryOutcome.Malformed),
            },
        };
    }

    private Dictionary<string, HistogramReading> ReadDurations()
    {
        var read = new Dictionary<string, HistogramReading>();
        for (int rcode = 0; rcode < _durations.Length; rcode++)
            if (_durations[rcode] is { } durations) read[rcode == OtherRcode ? "other" : RcodeText.Write((Rcode)rcode)] = durations.Read();
        return read;
    }

    private long Count(TryOutcome outcome) => Interlocked.Read(ref _counts[(int)outcome]);
}
