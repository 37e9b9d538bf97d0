using System.Text;

namespace KubeDoH.Tests.Oracle;

/// <summary>A world as compact text, for the report of a mismatch: what is at its default is left out.</summary>
internal static class WorldText
{
    public static string Of(World world)
    {
        var plain = new World();
        var text = new StringBuilder();
        Line(text, "options", Options(world, plain));
        foreach (var n in world.Namespaces) Line(text, "namespace", $"{n.Name} {Labels(n.Labels)}");
        foreach (var s in world.Services)
        {
            var addresses = s.Headless ? "None" : string.Join(',', s.ClusterIPs);
            Line(text, "service", $"{s.Namespace}/{s.Name} {s.Type} {addresses} {s.ExternalName} {Ports(s.Ports)} {Labels(s.Labels)}");
        }

        foreach (var s in world.EndpointSlices)
            Line(text, "slice", $"{s.Namespace}/{s.Name} of {s.ServiceName} {Ports(s.Ports)} {string.Join(" ", s.Endpoints.Select(e =>
                $"({string.Join(',', e.Addresses)} host={e.Hostname} pod={e.PodName}{(e.Ready ? "" : " NOT READY")})"))}");
        foreach (var p in world.PodList) Line(text, "pod", $"{p.Namespace}/{p.Name} {string.Join(',', p.IPs)}{(p.Live ? "" : " ended")}");
        foreach (var h in world.Hosts) Line(text, "hosts", $"{h.Address} {string.Join(' ', h.Names)}");
        foreach (var e in world.Entries)
        {
            var flags = (e.PassThrough ? " passThrough" : "") + (e.AutoPtr ? " autoPtr" : "");
            Line(text, "entry", $"{e.Name} {e.Ttl} {e.Type} {string.Join(" + ", e.Records)} {string.Join(',', e.Namespaces)}{flags}");
        }

        if (world.Upstream is not { } upstream) return text.Append("no upstream").ToString();
        foreach (var z in upstream.Zones) Line(text, "upstream zone", $"{z.Name}. {z.SoaTtl} {z.SoaData}");
        foreach (var s in upstream.Sets) Line(text, "upstream", $"{s.Name} {s.Ttl} {s.Type} {string.Join(" + ", s.Records)}");
        foreach (var f in upstream.Failing) Line(text, "upstream fails", f);
        return text.ToString();
    }

    private static string Options(World world, World plain)
    {
        var all = new (string Name, string Value, string Default)[]
        {
            ("zone", world.Zone, plain.Zone), ("ttl", $"{world.Ttl}", $"{plain.Ttl}"), ("synced", $"{world.Synced}", "True"),
            ("pods", world.Pods, plain.Pods), ("ptr", world.Ptr, plain.Ptr), ("endpointPodNames", $"{world.EndpointPodNames}", "False"),
            ("noEndpoints", $"{world.NoEndpoints}", "False"), ("ignoreEmptyService", $"{world.IgnoreEmptyService}", "False"),
            ("fallthrough", string.Join(',', world.Fallthrough), string.Join(',', plain.Fallthrough)),
            ("namespaces", string.Join(',', world.ExposedNamespaces), ""), ("labels", world.Labels, ""),
            ("namespaceLabels", world.NamespaceLabels, ""), ("clusterDns", $"{world.ClusterDns}", $"{plain.ClusterDns}"),
            ("order", string.Join(',', world.Order), string.Join(',', plain.Order)),
        };
        return string.Join(' ', all.Where(o => o.Value != o.Default).Select(o => $"{o.Name}={o.Value}"));
    }

    private static string Ports(IEnumerable<Engine.Kubernetes.PortObject> ports) =>
        $"[{string.Join(' ', ports.Select(p => $"{p.Name}:{p.Port}/{p.Protocol}"))}]";

    private static string Labels(IReadOnlyDictionary<string, string> labels) => string.Join(',', labels.Select(l => $"{l.Key}={l.Value}"));

    private static void Line(StringBuilder text, string kind, string what) => text.Append(kind).Append(' ').AppendLine(what.TrimEnd());
}
