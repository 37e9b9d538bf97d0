using System.Text;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Cluster;

/// <summary>
/// A name of the cluster zone, label by label: <c>labels….service.namespace.svc.zone</c>, <c>labels….namespace.pod.zone</c>. For whoever
/// asks why; answers are found without it.
/// </summary>
/// <param name="Kind">The label below the zone, such as "svc"; "" for the zone itself.</param>
/// <param name="Labels">Those in front of the service, or under <c>pod</c> of the namespace.</param>
internal sealed record ClusterName(string Kind, string? Namespace, string? Service, IReadOnlyList<string> Labels)
{
    /// <summary>Null for a name outside the zone.</summary>
    public static ClusterName? Read(DnsName zone, ReadOnlySpan<byte> name)
    {
        if (!WireName.IsAtOrBelow(name, zone.Span)) return null;
        var labels = new List<string>();
        for (int left = WireName.LabelCount(name) - WireName.LabelCount(zone.Span); left > 0; left--, name = WireName.Parent(name))
            labels.Add(Encoding.Latin1.GetString(WireName.FirstLabel(name)));
        string kind = Take(labels) ?? "";
        string? space = Take(labels), service = kind == "svc" ? Take(labels) : null;
        return new ClusterName(kind, space, service, labels);
    }

    private static string? Take(List<string> labels)
    {
        if (labels.Count == 0) return null;
        string last = labels[^1];
        labels.RemoveAt(labels.Count - 1);
        return last;
    }
}
