using KubeDoH.Engine.Metrics;

namespace KubeDoH.Engine.Resolution;

/// <summary>Counts what the stages do beyond asking the sources once.</summary>
internal sealed class ResolutionMeter
{
    private const int Walks = 0, Steps = 1, Links = 2;

    private readonly ShardedCounts _counts = new(3);

    /// <summary>A question went through a search list.</summary>
    public void Walk() => _counts.Add(Walks);

    /// <summary>A name was tried for it.</summary>
    public void Step() => _counts.Add(Steps);

    /// <summary>An alias was followed to its target.</summary>
    public void Link() => _counts.Add(Links);

    public IEnumerable<MetricFamily> Read() =>
    [
        MetricFamily.Counter(
            "kubedoh_search_walks_total", "Questions that went through a search list.", MetricSample.Of(_counts.Read(Walks))),
        MetricFamily.Counter("kubedoh_search_steps_total", "Names that were tried for them.", MetricSample.Of(_counts.Read(Steps))),
        MetricFamily.Counter("kubedoh_alias_links_total", "Aliases that were followed.", MetricSample.Of(_counts.Read(Links))),
    ];
}
