using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Queries;

/// <summary>What was counted from a moment on; readings add up.</summary>
/// <param name="Questions">All of them.</param>
/// <param name="Uncounted">Those of which the name was not counted, as another thread was counting.</param>
internal sealed record SummaryReading(
    DateTimeOffset From, long Questions, long Uncounted, IReadOnlyList<NameCount> Top, IReadOnlyList<NameCount> NxDomains,
    IReadOnlyList<SlowQuestion> Slowest)
{
    /// <summary>Names that are kept of a minute that is over.</summary>
    private const int Kept = 256;

    /// <summary>All of them as one, the names asked most and the questions that took longest first.</summary>
    public static SummaryReading Sum(IReadOnlyList<SummaryReading> readings) => new(
        readings.Min(reading => reading.From),
        readings.Sum(reading => reading.Questions),
        readings.Sum(reading => reading.Uncounted),
        Sum(readings.SelectMany(reading => reading.Top)),
        Sum(readings.SelectMany(reading => reading.NxDomains)),
        [
            .. readings.SelectMany(reading => reading.Slowest).GroupBy(slow => (slow.Name, slow.Type))
                .Select(group => group.MaxBy(slow => slow.Duration)!).OrderByDescending(slow => slow.Duration).Take(SlowQuestions.Most),
        ]);

    private static NameCount[] Sum(IEnumerable<NameCount> counts) =>
    [
        .. counts.GroupBy(count => count.Name, DnsNameComparer.Instance)
            .Select(group => new NameCount(group.Key, group.Sum(one => one.Count), group.Sum(one => one.AtLeast)))
            .OrderByDescending(count => count.Count).ThenBy(count => count.Name.ToString(), StringComparer.Ordinal).Take(Kept),
    ];
}
