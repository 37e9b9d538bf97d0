using System.Text;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Cluster;

/// <summary>The ready endpoints of a service that share a label: one owner name below the service's.</summary>
/// <param name="Label">The hostname; else, where so configured, the pod's name; else the dashed address.</param>
/// <param name="HostnameAddresses">The addresses of those endpoints whose hostname the label is.</param>
internal sealed record EndpointGroup(
    byte[] Label, IReadOnlyList<AddressKey> Addresses, IReadOnlyList<AddressKey> HostnameAddresses, IReadOnlyList<PortObject> Ports)
{
    /// <summary>A label is at most so long; a longer pod name gives way to the address (CoreDNS's rule).</summary>
    private const int MaxPodName = 63;

    /// <summary>Groups the ready endpoints of every slice, sorted by label; an address or a port that comes twice counts once.</summary>
    public static EndpointGroup[] Of(IEnumerable<EndpointSliceObject> slices, bool podNames)
    {
        var groups = new Dictionary<string, (List<AddressKey> Addresses, List<AddressKey> Hostnames, List<PortObject> Ports)>(StringComparer.Ordinal);
        foreach (EndpointSliceObject slice in slices)
        {
            foreach (EndpointObject endpoint in slice.Endpoints.Where(endpoint => endpoint.Ready))
            {
                foreach (System.Net.IPAddress address in endpoint.Addresses.Where(AddressKey.IsAddress))
                {
                    string label = LabelOf(endpoint, address, podNames);
                    if (!groups.TryGetValue(label, out var group)) group = ([], [], []);
                    AddMissing(group.Addresses, AddressKey.Of(address));
                    if (endpoint.Hostname is { Length: > 0 }) AddMissing(group.Hostnames, AddressKey.Of(address));
                    foreach (PortObject port in slice.Ports) AddMissing(group.Ports, port);
                    groups[label] = group;
                }
            }
        }

        return [.. groups
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new EndpointGroup(
                Encoding.ASCII.GetBytes(group.Key), group.Value.Addresses, group.Value.Hostnames, group.Value.Ports))];
    }

    private static string LabelOf(EndpointObject endpoint, System.Net.IPAddress address, bool podNames)
    {
        if (endpoint.Hostname is { Length: > 0 } hostname) return hostname;
        if (podNames && endpoint.PodName is { Length: > 0 and <= MaxPodName } pod && !pod.Contains('.', StringComparison.Ordinal)) return pod;
        return Encoding.ASCII.GetString(DashedAddress.Write(address));
    }

    private static void AddMissing<T>(List<T> list, T item)
    {
        if (!list.Contains(item)) list.Add(item);
    }
}
