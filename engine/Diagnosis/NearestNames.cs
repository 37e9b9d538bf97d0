using System.Text;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Diagnosis;

/// <summary>
/// The names that are nearly like one that is not there, over all sources: those of as many labels that are one or two edits away.
/// What is beyond reach by its length costs little; a hundred thousand names that are nearly so called take some 40 ms.
/// </summary>
internal sealed class NearestNames
{
    public const int Most = 5;

    /// <summary>However many names there are, no more are looked at.</summary>
    public const int MostLookedAt = 250_000;

    private readonly Case _case;
    private readonly NamePattern[] _asked;
    private readonly List<(int Distance, DnsName Name)> _found = [];
    private int _lookedAt;

    private NearestNames(Case @case)
    {
        _case = @case;
        _asked = [.. @case.Candidates.Select(name => new NamePattern(name))];
    }

    /// <summary>The nearest names that the case's view sees, the nearest first.</summary>
    public static IReadOnlyList<DnsName> Of(Case @case)
    {
        var nearest = new NearestNames(@case);
        nearest.LookAt(@case.View.HostAliases?.Names ?? []);
        if (@case.AsksCluster)
        {
            nearest.LookAt(nearest.EntryNames());
            nearest.LookAt(@case.Around.Hosts().Names);
            if (@case.Around.Cluster is { } cluster) nearest.LookAt(cluster);
        }

        return [.. nearest._found.OrderBy(pair => pair.Distance)
            .ThenBy(pair => pair.Name, CanonicalNameOrder.Instance).Select(pair => pair.Name).Distinct().Take(Most)];
    }

    private void LookAt(IEnumerable<DnsName> names)
    {
        foreach (DnsName name in names)
            if (!LookAt(name)) return;
    }

    /// <summary>False when enough were looked at.</summary>
    private bool LookAt(DnsName name)
    {
        if (_lookedAt++ >= MostLookedAt) return false;
        int least = NamePattern.MostEdits + 1;
        foreach (NamePattern one in _asked) least = Math.Min(least, one.DistanceTo(name));
        if (least is > 0 and <= NamePattern.MostEdits) _found.Add((least, name));
        return true;
    }

    private IEnumerable<DnsName> EntryNames()
    {
        DateTimeOffset now = _case.Around.Time.GetUtcNow();
        string? space = _case.View.Namespace;
        return _case.Around.Entries.All
            .Where(entry => entry is { Enabled: true, IsWildcard: false } && !entry.IsExpired(now)
                && (entry.Namespaces.Count == 0 || (space is not null && entry.Namespaces.Contains(space))))
            .Select(entry => entry.Name);
    }

    /// <summary>
    /// The names of services and, below those of the candidates and those that are nearly called so, of their endpoints. To go over a large
    /// cluster's services takes most of the time, so it is done once.
    /// </summary>
    private void LookAt(ClusterView cluster)
    {
        NamePattern[] services = [.. _case.InCluster
            .Where(pair => pair.Parts is { Service: not null, Labels.Count: 1 })
            .Select(pair => new NamePattern(pair.Name.Parent()))];
        var withEndpoints = new List<DnsName>();
        foreach (DnsName name in cluster.UnorderedServiceNames)
        {
            if (!LookAt(name)) break;
            foreach (NamePattern service in services)
            {
                if (service.DistanceTo(name) > NamePattern.MostEdits) continue;
                withEndpoints.Add(name);
                break;
            }
        }

        foreach (DnsName service in withEndpoints) LookAt(EndpointNames(cluster, service));
    }

    private static IEnumerable<DnsName> EndpointNames(ClusterView cluster, DnsName service) =>
        ClusterName.Read(cluster.Rules.Zone, service.Span) is { Namespace: { } space, Service: { } label }
            ? (cluster.FactsOf(space, label)?.EndpointLabels ?? []).Select(endpoint => service.Child(Encoding.ASCII.GetBytes(endpoint)))
            : [];
}
