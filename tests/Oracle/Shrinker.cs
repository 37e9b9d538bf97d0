namespace KubeDoH.Tests.Oracle;

/// <summary>Makes a world smaller, one object or option at a time, for as long as something stays true of it.</summary>
internal static class Shrinker
{
    public static async Task<World> ShrinkAsync(World world, Func<World, Task<bool>> stays)
    {
        for (var smaller = true; smaller;)
        {
            smaller = false;
            foreach (var candidate in Smaller(world))
            {
                if (!await stays(candidate)) continue;
                (world, smaller) = (candidate, true);
                break;
            }
        }

        return world;
    }

    private static IEnumerable<World> Smaller(World world)
    {
        foreach (var list in Without(world.Services)) yield return world with { Services = list };
        foreach (var list in Without(world.EndpointSlices)) yield return world with { EndpointSlices = list };
        foreach (var list in Without(world.Namespaces)) yield return world with { Namespaces = list };
        foreach (var list in Without(world.PodList)) yield return world with { PodList = list };
        foreach (var list in Without(world.Hosts)) yield return world with { Hosts = list };
        foreach (var list in Without(world.Entries)) yield return world with { Entries = list };
        foreach (var smaller in WithPlainOption(world)) yield return smaller;
        foreach (var upstream in Smaller(world.Upstream)) yield return world with { Upstream = upstream };
        foreach (var (slice, list) in world.EndpointSlices.SelectMany(s => Without(s.Endpoints).Select(l => (s, l))))
            yield return world with { EndpointSlices = [.. world.EndpointSlices
                .Select(s => s == slice ? s with { Endpoints = list } : s)] };
    }

    private static IEnumerable<UpstreamWorld> Smaller(UpstreamWorld? upstream)
    {
        if (upstream is null) yield break;
        foreach (var list in Without(upstream.Sets)) yield return upstream with { Sets = list };
        foreach (var list in Without(upstream.Failing)) yield return upstream with { Failing = list };
    }

    private static IEnumerable<World> WithPlainOption(World world)
    {
        var plain = new World();
        if (!world.Order.SequenceEqual(plain.Order)) yield return world with { Order = plain.Order };
        if (!world.Synced) yield return world with { Synced = true };
        if (world.Pods != plain.Pods) yield return world with { Pods = plain.Pods };
        if (world.Ptr != plain.Ptr) yield return world with { Ptr = plain.Ptr };
        if (world.EndpointPodNames) yield return world with { EndpointPodNames = false };
        if (world.NoEndpoints) yield return world with { NoEndpoints = false };
        if (world.IgnoreEmptyService) yield return world with { IgnoreEmptyService = false };
        if (world.Labels.Length > 0) yield return world with { Labels = "" };
        if (world.NamespaceLabels.Length > 0) yield return world with { NamespaceLabels = "" };
        if (world.ExposedNamespaces.Count > 0) yield return world with { ExposedNamespaces = [] };
        if (!world.Fallthrough.SequenceEqual(plain.Fallthrough)) yield return world with { Fallthrough = plain.Fallthrough };
        if (world.Ttl != plain.Ttl) yield return world with { Ttl = plain.Ttl };
    }

    private static IEnumerable<List<T>> Without<T>(IReadOnlyList<T> list) =>
        Enumerable.Range(0, list.Count).Select(i => list.Where((_, at) => at != i).ToList());
}
