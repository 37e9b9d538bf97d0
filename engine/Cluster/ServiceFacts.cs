using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Cluster;

/// <summary>A service as its objects say it is, whether or not it has names: for whoever asks why.</summary>
/// <param name="Service">Without its labels.</param>
internal sealed record ServiceFacts(ServiceObject Service, IReadOnlyList<SliceEntry> Slices)
{
    /// <summary>The facts of a service that is there and shown; null for every other. Under the ledger's lock.</summary>
    public static ServiceFacts? Of(NamespaceState? state, string service) =>
        state is { IsShown: true } && state.Services.TryGetValue(service, out ServiceSlot? slot)
            && slot is { IsShown: true, Object: { } item }
            ? new ServiceFacts(item, slot.Slices)
            : null;

    /// <summary>True when some endpoint is ready.</summary>
    public bool IsReady => Slices.Any(slice => slice.Endpoints.Length > 0);

    /// <summary>The endpoints that are there and not ready.</summary>
    public IReadOnlyList<UnreadyEndpoint> Unready => [.. Slices.SelectMany(slice => slice.Unready)];

    /// <summary>The ports that have names, of the service or, where it is headless, of its endpoints.</summary>
    public IReadOnlyList<PortObject> NamedPorts =>
        [.. (Service.Headless ? Slices.SelectMany(slice => slice.Ports) : Service.Ports).Where(port => port.Name.Length > 0).Distinct()];

    /// <summary>The labels below its name.</summary>
    public IEnumerable<string> EndpointLabels =>
        Slices.SelectMany(slice => slice.Endpoints).Select(endpoint => endpoint.LabelText).Distinct();
}

/// <summary>An endpoint that no name leads to.</summary>
/// <param name="Pod">The pod that it is; null when it is none.</param>
/// <param name="Terminating">The pod is on its way out.</param>
internal sealed record UnreadyEndpoint(string? Pod, string? Hostname, AddressKey Address, bool Terminating);
