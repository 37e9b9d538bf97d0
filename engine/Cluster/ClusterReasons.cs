using System.Net;
using System.Text;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Resolution.Listing;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Cluster;

/// <summary>Why the cluster source answered as it did: the object that the answer was made from, or what is not there.</summary>
internal static class ClusterReasons
{
    public static VerdictReason? Of(ClusterView view, Query query, Answer? answer)
    {
        if (answer is { Rcode: Rcode.ServFail }) return null;
        if (ClusterName.Read(view.Rules.Zone, query.Name) is { } name)
            return OfName(view, name)
                ?? (answer is { Rcode: Rcode.NxDomain } ? new VerdictReason("nothing in the zone is called so") : null);
        if (!ReverseName.TryRead(
            query.Name, WireName.IsAtOrBelow(query.Name, ReverseName.V6Zone.Span), out AddressKey first, out AddressKey last))
            return null;
        if (first != last) return null;
        ServiceNode[] holders = [.. view.Reverse.HoldersOf(first)];
        return holders.Length == 0
            ? new VerdictReason("no service and no endpoint has the address")
            : new VerdictReason([.. holders.Select(holder => Origin(holder.Namespace, holder.Service))]);
    }

    /// <summary>What a pod's own name was made from: where only those of live pods are answered, the pod.</summary>
    private static VerdictReason? OfPod(ClusterView view, ClusterName name)
    {
        if (view.Rules.Pods == PodRecords.Disabled) return new VerdictReason("Kubernetes:Pods is disabled");
        if (name.Namespace is not { } space) return null;
        if (!view.HasNamespace(Encoding.ASCII.GetBytes(space))) return NoNamespace(space);
        if (name.Labels is not [var label]) return null;
        if (!DashedAddress.TryRead(Encoding.ASCII.GetBytes(label), out AddressKey address))
            return new VerdictReason($"{label} is no address");
        if (view.Rules.Pods == PodRecords.Insecure) return new VerdictReason("the address stands in the name");
        RecordOrigin[] pods = [.. view.PodsAt(address).Where(pod => pod.Namespace == space)
            .Select(pod => new RecordOrigin { Kind = "Pod", Namespace = space, Name = pod.Name })];
        return pods.Length > 0
            ? new VerdictReason(pods)
            : new VerdictReason($"no pod of the namespace has {new IPAddress(address.ToData())}");
    }

    private static VerdictReason? OfName(ClusterView view, ClusterName name)
    {
        if (name.Kind == "pod") return OfPod(view, name);
        if (name.Kind != "svc") return null;
        if (name.Namespace is not { } space) return new VerdictReason("above the namespaces");
        if (!view.HasNamespace(Encoding.ASCII.GetBytes(space))) return NoNamespace(space);
        if (name.Service is not { } service) return new VerdictReason(new RecordOrigin { Kind = "Namespace", Name = space });
        if (view.FactsOf(space, service) is not { } facts) return new VerdictReason($"no service {service} in the namespace {space}");
        RecordOrigin origin = Origin(space, service);
        return new VerdictReason(Missing(view, name, facts), [origin]);
    }

    /// <summary>What a service that is there does not have; null when it has it.</summary>
    private static string? Missing(ClusterView view, ClusterName name, ServiceFacts facts)
    {
        bool hasNames = view.TryGetService(view.Rules.ServiceName(facts.Service.Namespace, facts.Service.Name).Span, out ServiceNode? node);
        if (!hasNames)
            return facts is { Service.Headless: true, IsReady: false } ? "headless, and no endpoint is ready" : "it has no names";
        if (node!.HasAddressForName) return $"its externalName {facts.Service.ExternalName} is an address";
        byte[][] labels = [.. name.Labels.Select(Encoding.ASCII.GetBytes)];
        return labels switch
        {
            [] => null,
            [var label] => node.HasProtocol(label) || node.Endpoint(label) is not null ? null : $"it has no endpoint {name.Labels[0]}",
            [var port, var protocol] => node.Port(port, protocol) is not null ? null : $"it has no port {name.Labels[0]}.{name.Labels[1]}",
            _ => "no name has so many labels",
        };
    }

    private static VerdictReason NoNamespace(string space) => new($"there is no namespace {space}");

    private static RecordOrigin Origin(string space, string service) => new() { Kind = "Service", Namespace = space, Name = service };
}
