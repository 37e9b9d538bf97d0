using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KubeDoH.Engine.Kubernetes;

/// <summary>The kinds of objects that names are made of.</summary>
internal enum KubernetesKind { Namespace, Service, EndpointSlice, Pod }

/// <summary>An object that was read: <paramref name="Value"/> is one of the trimmed types, or null when it gives no names.</summary>
/// <param name="Namespace">"" for a Namespace.</param>
internal sealed record KubernetesObject(KubernetesKind Kind, string Namespace, string Name, int Line, object? Value)
{
    public override string ToString() => Namespace.Length == 0 ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";
}

/// <summary>
/// Nodes to the trimmed types: the one place that knows the fields of the Kubernetes API. A namespaced object without
/// <c>metadata.namespace</c> is in "default", as kubectl has it.
/// </summary>
internal static class ObjectReader
{
    /// <summary>The annotation that says when the change happened which a slice tells of.</summary>
    public const string TriggerTime = "endpoints.kubernetes.io/last-change-trigger-time";

    private const string ServiceNameLabel = "kubernetes.io/service-name";

    private static readonly FrozenSet<string> ServiceTypes = FrozenSet.Create("ClusterIP", "NodePort", "LoadBalancer", "ExternalName");

    /// <summary>Reads a map as an object of the kind; what is wrong with it is in the fields' <see cref="ObjectFields.Defect"/>.</summary>
    public static KubernetesObject Read(KubernetesKind kind, KubeNode node, ObjectFields fields)
    {
        KubeNode? metadata = fields.Map(node, "metadata");
        bool isNamespace = kind == KubernetesKind.Namespace;
        string? name = kind is KubernetesKind.Namespace or KubernetesKind.Service
            ? fields.Label(metadata, "name")
            : fields.Subdomain(metadata, "name");
        if (name is null) fields.Fail(node.Line, "metadata.name is missing");
        string ns = isNamespace ? "" : fields.Label(metadata, "namespace") ?? "default";
        if (node.Defect is { } defect) fields.Fail(defect.Line, defect.Message);
        var read = new KubernetesObject(kind, ns, name ?? "(unnamed)", node.Line, null);
        return read with
        {
            Value = kind switch
            {
                KubernetesKind.Namespace => new NamespaceObject { Name = read.Name, Labels = fields.Labels(metadata, "labels") },
                KubernetesKind.Service => Service(read, node, metadata, fields),
                KubernetesKind.EndpointSlice => Slice(read, node, metadata, fields),
                _ => PodReader.Pod(read, node, fields),
            },
        };
    }

    private static ServiceObject Service(KubernetesObject read, KubeNode node, KubeNode? metadata, ObjectFields fields)
    {
        KubeNode? spec = fields.Map(node, "spec");
        string type = fields.Text(spec, "type") ?? "ClusterIP";
        if (!ServiceTypes.Contains(type)) fields.Fail(spec!["type"]!.Line, $"type '{type}' is not a type of service");
        bool external = type == "ExternalName";
        List<KubeNode> written = ListOrOne(fields.Texts(spec, "clusterIPs"), fields.TextNode(spec, "clusterIP"));
        bool headless = !external && written is [{ Text: "None" }];
        return new ServiceObject
        {
            Namespace = read.Namespace,
            Name = read.Name,
            Labels = fields.Labels(metadata, "labels"),
            Type = type,
            ClusterIPs = external || headless ? [] : Addresses(written, fields),
            Headless = headless,
            ExternalName = external ? ExternalName(node, spec, fields) : null,
            Ports = Ports(spec, required: true, fields),
            CreatedAt = fields.Time(metadata, "creationTimestamp"),
        };
    }

    /// <summary>As written, but a name: labels of at most 63 characters without spaces; one dot may end it.</summary>
    private static string? ExternalName(KubeNode node, KubeNode? spec, ObjectFields fields)
    {
        if (fields.TextNode(spec, "externalName") is not { } written)
        {
            fields.Fail(node.Line, "externalName is missing");
            return null;
        }
        string name = written.Text.EndsWith('.') ? written.Text[..^1] : written.Text;
        // Underscores are no host name but are answered with as a CNAME's target all the same.
        if (!ObjectFields.IsSubdomain(name.ToLowerInvariant().Replace('_', 'x')))
            fields.Fail(written.Line, $"externalName '{written.Text}' is not a DNS name");
        return written.Text;
    }

    private static EndpointSliceObject? Slice(KubernetesObject read, KubeNode node, KubeNode? metadata, ObjectFields fields)
    {
        string? type = fields.Text(node, "addressType");
        if (type == "FQDN") return null;
        AddressFamily family = type == "IPv6" ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        if (type is not ("IPv4" or "IPv6"))
            fields.Fail(node["addressType"]?.Line ?? node.Line, $"addressType '{type}' is not IPv4, IPv6 or FQDN");
        return new EndpointSliceObject
        {
            Namespace = read.Namespace,
            Name = read.Name,
            ServiceName = fields.Label(fields.Map(metadata, "labels"), ServiceNameLabel),
            Ports = Ports(node, required: false, fields),
            Endpoints = [.. fields.Maps(node, "endpoints").Select(endpoint => Endpoint(endpoint, family, fields))],
            TriggeredAt = TimeOf(metadata?["annotations"]?[TriggerTime]?.Text),
        };
    }

    /// <summary>A time that nothing depends on but a measurement: one that is none is not there.</summary>
    private static DateTimeOffset? TimeOf(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;

    private static EndpointObject Endpoint(KubeNode node, AddressFamily family, ObjectFields fields)
    {
        KubeNode? target = fields.Map(node, "targetRef");
        List<IPAddress> addresses = Addresses(fields.Texts(node, "addresses"), fields);
        if (addresses.Count == 0) fields.Fail(node.Line, "an endpoint without addresses");
        if (addresses.Find(address => address.AddressFamily != family) is { } other)
            fields.Fail(node.Line, $"'{other}' is not of the slice's addressType");
        KubeNode? conditions = fields.Map(node, "conditions");
        return new EndpointObject
        {
            Addresses = addresses,
            Hostname = fields.Label(node, "hostname"),
            Ready = fields.Flag(conditions, "ready") ?? true,
            Terminating = fields.Flag(conditions, "terminating") ?? false,
            PodName = fields.Text(target, "kind") == "Pod" ? fields.Subdomain(target, "name") : null,
        };
    }

    private static List<PortObject> Ports(KubeNode? parent, bool required, ObjectFields fields)
    {
        List<PortObject> ports = [];
        foreach (KubeNode node in fields.Maps(parent, "ports"))
        {
            int? port = fields.Port(node, "port");
            if (required && port is null) fields.Fail(node.Line, "a port without its number");
            string protocol = fields.Text(node, "protocol") ?? "TCP";
            if (protocol is not ("TCP" or "UDP" or "SCTP"))
                fields.Fail(node.Line, $"protocol '{protocol}' is not TCP, UDP or SCTP");
            ports.Add(new PortObject(fields.Label(node, "name") ?? "", port ?? 0, protocol));
        }
        return ports;
    }

    /// <summary>The dual-stack list, or the older single field where the list is absent.</summary>
    internal static List<KubeNode> ListOrOne(List<KubeNode> list, KubeNode? one) => list.Count > 0 || one is null ? list : [one];

    internal static List<IPAddress> Addresses(List<KubeNode> written, ObjectFields fields)
    {
        List<IPAddress> addresses = new(written.Count);
        foreach (KubeNode text in written)
            if (fields.Address(text) is { } address) addresses.Add(address);
        return addresses;
    }
}
