using System.Text;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Diagnosis;

/// <summary>
/// The names that are nearly like one that is not there, over all sources: those of as many labels that are one or two edits away.
/// What is beyond reach by its length costs nothing more; a hundred thousand names are some milliseconds.
/// </summary>
internal static class NearestNames
{
    public const int Most = 5;

    /// <summary>However many names there are, no more are looked at.</summary>
    public const int MostLookedAt = 250_000;

    /// <summary>The nearest names that the case's view sees, the nearest first.</summary>
    public static IReadOnlyList<DnsName> Of(Case @case)
    {
        NamePattern[] asked = [.. @case.Candidates.Select(name => new NamePattern(name))];
        var found = new List<(int Distance, DnsName Name)>();
        foreach (DnsName name in NamesFor(@case).Take(MostLookedAt))
        {
            int distance = Distance(asked, name);
            if (distance is > 0 and <= NamePattern.MostEdits) found.Add((distance, name));
        }

        return [.. found.OrderBy(pair => pair.Distance)
            .ThenBy(pair => pair.Name, CanonicalNameOrder.Instance).Select(pair => pair.Name).Distinct().Take(Most)];
    }

    private static int Distance(NamePattern[] asked, DnsName name)
    {
        int least = NamePattern.MostEdits + 1;
        foreach (NamePattern one in asked) least = Math.Min(least, one.DistanceTo(name));
        return least;
    }

    private static IEnumerable<DnsName> NamesFor(Case @case)
    {
        if (!@case.AsksCluster) return @case.View.HostAliases?.Names ?? [];
        Surroundings around = @case.Around;
        DateTimeOffset now = around.Time.GetUtcNow();
        string? space = @case.View.Namespace;
        IEnumerable<DnsName> entries = around.Entries.All
            .Where(entry => entry is { Enabled: true, IsWildcard: false } && !entry.IsExpired(now)
                && (entry.Namespaces.Count == 0 || (space is not null && entry.Namespaces.Contains(space))))
            .Select(entry => entry.Name);
        return (@case.View.HostAliases?.Names ?? [])
            .Concat(EndpointNames(@case))
            .Concat(entries)
            .Concat(around.Hosts().Names)
            .Concat(around.Cluster?.UnorderedServiceNames ?? []);
    }

    /// <summary>The names below the services of the candidates, and below those that are nearly called so.</summary>
    private static IEnumerable<DnsName> EndpointNames(Case @case)
    {
        if (@case.Around.Cluster is not { } cluster) return [];
        return @case.InCluster
            .Where(pair => pair.Parts is { Service: not null, Labels.Count: 1 })
            .Select(pair => new NamePattern(pair.Name.Parent()))
            .SelectMany(service => cluster.UnorderedServiceNames.Where(name => service.DistanceTo(name) <= NamePattern.MostEdits))
            .SelectMany(name => ClusterName.Read(cluster.Rules.Zone, name.Span) is { Namespace: { } space, Service: { } service }
                ? (cluster.FactsOf(space, service)?.EndpointLabels ?? []).Select(label => name.Child(Encoding.ASCII.GetBytes(label)))
                : []);
    }
}
