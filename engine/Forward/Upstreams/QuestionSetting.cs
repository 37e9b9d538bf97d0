using KubeDoH.Engine.Resolution;

namespace KubeDoH.Engine.Forward.Upstreams;

/// <summary>What every question's way to its upstreams needs.</summary>
/// <param name="Source">What stands as source of the answers.</param>
/// <param name="Room">A place in it is taken; the end of the question gives it back.</param>
internal sealed record QuestionSetting(
    string Source, IUpstreamExchange Exchange, QuestionRoom Room, TimeSpan Timeout, TimeSpan Deadline, TimeProvider Time)
{
    /// <summary>
    /// Second servers asked early, and what is saved up for more: where all servers are slow at once, asking twice would only double
    /// their load.
    /// </summary>
    private const int HedgeCost = 10, MostSaved = 100 * HedgeCost;

    private int _saved = MostSaved;

    public RunClocks Clocks { get; } = new(Time);

    /// <summary>For tries.</summary>
    public CancellationSources Ends { get; } = new();

    /// <summary>Counts a question: one in ten may have a second server asked early.</summary>
    public void CountQuestion()
    {
        if (Volatile.Read(ref _saved) < MostSaved) Interlocked.Increment(ref _saved);
    }

    public bool TryHedge()
    {
        if (Interlocked.Add(ref _saved, -HedgeCost) >= 0) return true;
        Interlocked.Add(ref _saved, HedgeCost);
        return false;
    }

    public long Ticks(TimeSpan span) => Time.TicksOf(span);

    public TimeSpan Span(long ticks) => TimeSpan.FromSeconds((double)ticks / Time.TimestampFrequency);
}
