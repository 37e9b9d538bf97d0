using System.Net;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Cluster;

/// <summary>A ready endpoint, small: a large cluster has a hundred thousand.</summary>
/// <param name="Label">Its hostname or, where so configured, its pod's name; null when its address is its label.</param>
internal readonly record struct EndpointEntry(AddressKey Address, string? Label, bool HasHostname)
{
    /// <summary>A label is at most so long; a longer pod name gives way to the address (CoreDNS's rule).</summary>
    private const int MaxPodName = 63;

    /// <summary>The label under which it has a name below its service.</summary>
    public string LabelText => Label ?? System.Text.Encoding.ASCII.GetString(DashedAddress.Write(new IPAddress(Address.ToData())));

    public static EndpointEntry Of(EndpointObject endpoint, IPAddress address, bool podNames)
    {
        bool hasHostname = endpoint.Hostname is { Length: > 0 };
        bool byPod = podNames && endpoint.PodName is { Length: > 0 and <= MaxPodName } pod && !pod.Contains('.', StringComparison.Ordinal);
        return new EndpointEntry(AddressKey.Of(address), hasHostname ? endpoint.Hostname : byPod ? endpoint.PodName : null, hasHostname);
    }
}

/// <summary>What a slice gives to the names of its service: the endpoints that are ready, and their ports.</summary>
/// <param name="Service">The service that it belongs to; "" when it names none.</param>
internal sealed record SliceEntry(string Name, string Service, EndpointEntry[] Endpoints, PortObject[] Ports)
{
    /// <summary>The number of the list in which it was last seen. Only the ledger, under its lock, looks at it.</summary>
    public int Generation { get; set; }

    /// <summary>When the change happened that it tells of; null where nobody noted that.</summary>
    public DateTimeOffset? TriggeredAt { get; init; }

    /// <summary>Those that are not ready: no name is made of them. Only the ledger, under its lock, sets it.</summary>
    public IReadOnlyList<UnreadyEndpoint> Unready { get; set; } = [];

    public static SliceEntry Of(EndpointSliceObject slice, bool podNames, Func<PortObject, PortObject> share) => new(
        slice.Name,
        slice.ServiceName ?? "",
        slice.ServiceName is null ? [] : EndpointsOf(slice, podNames),
        slice.ServiceName is null ? [] : [.. slice.Ports.Select(share)])
    {
        TriggeredAt = slice.TriggeredAt,
        Unready = slice.ServiceName is null ? [] : UnreadyOf(slice),
    };

    public bool SaysTheSame(SliceEntry other) =>
        Service == other.Service && Endpoints.AsSpan().SequenceEqual(other.Endpoints) && Ports.AsSpan().SequenceEqual(other.Ports);

    private static UnreadyEndpoint[] UnreadyOf(EndpointSliceObject slice)
    {
        var unready = new List<UnreadyEndpoint>();
        foreach (EndpointObject endpoint in slice.Endpoints)
        {
            if (endpoint.Ready) continue;
            foreach (IPAddress address in endpoint.Addresses)
                if (AddressKey.IsAddress(address))
                    unready.Add(new UnreadyEndpoint(endpoint.PodName, endpoint.Hostname, AddressKey.Of(address), endpoint.Terminating));
        }

        return [.. unready];
    }

    private static EndpointEntry[] EndpointsOf(EndpointSliceObject slice, bool podNames)
    {
        var entries = new List<EndpointEntry>(slice.Endpoints.Count);
        foreach (EndpointObject endpoint in slice.Endpoints)
        {
            if (!endpoint.Ready) continue;
            foreach (IPAddress address in endpoint.Addresses)
                if (AddressKey.IsAddress(address)) entries.Add(EndpointEntry.Of(endpoint, address, podNames));
        }

        return [.. entries];
    }
}
