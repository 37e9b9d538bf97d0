using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Views;

/// <summary>What may have been meant by a name that is not there.</summary>
internal static class NearNames
{
    private const int Most = 3;

    /// <summary>
    /// Names that begin with it, as those of a deployment's pods do, then those that differ by a few letters; the nearest first.
    /// </summary>
    public static IReadOnlyList<string> To(string wanted, IEnumerable<string> there)
    {
        int farthest = Math.Max(2, wanted.Length / 4);
        var pattern = new EditPattern(wanted);
        return
        [
            .. there
                .Select(name => (Name: name, Distance: DistanceOf(name)))
                .Where(near => near.Distance <= farthest)
                .OrderBy(near => near.Distance)
                .ThenBy(near => near.Name, StringComparer.Ordinal)
                .Take(Most)
                .Select(near => near.Name),
        ];

        int DistanceOf(string name) =>
            name.StartsWith(wanted, StringComparison.OrdinalIgnoreCase) ? 0 : pattern.DistanceTo(name, farthest);
    }
}
