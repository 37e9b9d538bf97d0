using System.Text;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Cluster;

/// <summary>The ready endpoints of a service that share a label: one owner name below the service's.</summary>
/// <param name="Label">The hostname; else, where so configured, the pod's name; else the dashed address.</param>
internal sealed record EndpointGroup(byte[] Label, IReadOnlyList<AddressKey> Addresses, IReadOnlyList<PortObject> Ports)
{
    /// <summary>Groups the endpoints of every slice, sorted by label; an address or a port that comes twice counts once.</summary>
    public static EndpointGroup[] Of(IEnumerable<SliceEntry> slices)
    {
        var groups = new Dictionary<string, (List<AddressKey> Addresses, List<PortObject> Ports)>(StringComparer.Ordinal);
        foreach (SliceEntry slice in slices)
        {
            foreach (EndpointEntry endpoint in slice.Endpoints)
            {
                string label = endpoint.LabelText;
                if (!groups.TryGetValue(label, out var group)) groups[label] = group = ([], []);
                AddMissing(group.Addresses, endpoint.Address);
                foreach (PortObject port in slice.Ports) AddMissing(group.Ports, port);
            }
        }

        return [.. groups
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new EndpointGroup(Encoding.ASCII.GetBytes(group.Key), group.Value.Addresses, group.Value.Ports))];
    }

    private static void AddMissing<T>(List<T> list, T item)
    {
        if (!list.Contains(item)) list.Add(item);
    }
}
