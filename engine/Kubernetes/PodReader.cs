using System.Collections.Frozen;
using System.Net;

namespace KubeDoH.Engine.Kubernetes;

/// <summary>
/// A Pod's node to the trimmed type: its addresses, and what the kubelet makes its hosts file, resolv.conf and variables of.
/// </summary>
internal static class PodReader
{
    private const string ClusterFirst = "ClusterFirst";

    private static readonly FrozenSet<string> DnsPolicies = FrozenSet.Create(ClusterFirst, "ClusterFirstWithHostNet", "Default", "None");

    public static PodObject Pod(KubernetesObject read, KubeNode node, ObjectFields fields)
    {
        KubeNode? spec = fields.Map(node, "spec"), status = fields.Map(node, "status");
        IEnumerable<KubeNode?> listed = fields.Maps(status, "podIPs").Select(item => fields.TextNode(item, "ip"));
        List<KubeNode> written = ObjectReader.ListOrOne([.. listed.OfType<KubeNode>()], fields.TextNode(status, "podIP"));
        return new PodObject
        {
            Namespace = read.Namespace,
            Name = read.Name,
            IPs = ObjectReader.Addresses(written, fields),
            HostAliases = [.. fields.Maps(spec, "hostAliases").Select(alias => HostAlias(alias, fields)).OfType<HostAliasObject>()],
            DnsPolicy = DnsPolicy(spec, fields),
            DnsConfig = fields.Map(spec, "dnsConfig") is { } dns ? DnsConfig(dns, fields) : null,
            HostNetwork = fields.Flag(spec, "hostNetwork") ?? false,
            Hostname = fields.Label(spec, "hostname"),
            HostnameOverride = fields.Subdomain(spec, "hostnameOverride"),
            Subdomain = fields.Label(spec, "subdomain"),
            SetHostnameAsFqdn = fields.Flag(spec, "setHostnameAsFQDN") ?? false,
            ServiceLinks = fields.Flag(spec, "enableServiceLinks") ?? true,
            NotReady = NotReady(status, fields),
            Live = fields.Text(status, "phase") is not ("Succeeded" or "Failed"),
            StartedAt = fields.Time(status, "startTime") ?? fields.Time(fields.Map(node, "metadata"), "creationTimestamp"),
            Containers = Containers(spec, status, fields),
        };
    }

    /// <summary>What the first container that does not run waits for or ended with; else why the pod's own condition is not true.</summary>
    private static string? NotReady(KubeNode? status, ObjectFields fields)
    {
        KubeNode? ready = fields.Maps(status, "conditions").Find(condition => fields.Text(condition, "type") == "Ready");
        if (ready is not null && fields.Text(ready, "status") == "True") return null;
        foreach (KubeNode container in fields.Maps(status, "containerStatuses"))
        {
            KubeNode? state = fields.Map(container, "state");
            KubeNode? stopped = fields.Map(state, "waiting") ?? fields.Map(state, "terminated");
            if (fields.Text(stopped, "reason") is { } why) return $"container {fields.Text(container, "name")}: {why}";
        }

        return fields.Text(ready, "reason") ?? (fields.Text(status, "phase") == "Pending" ? "Pending" : null);
    }

    private static HostAliasObject? HostAlias(KubeNode node, ObjectFields fields)
    {
        List<string> names = [.. fields.Texts(node, "hostnames").Select(name => name.Text.ToLowerInvariant())];
        if (names.Find(name => !ObjectFields.IsSubdomain(name.EndsWith('.') ? name[..^1] : name)) is { } bad)
            fields.Fail(node.Line, $"hostname '{bad}' is not an RFC 1123 name");
        if (fields.TextNode(node, "ip") is not { } ip) fields.Fail(node.Line, "a host alias without ip");
        else if (fields.Address(ip) is { } address) return new HostAliasObject(address, names);
        return null;
    }

    private static string DnsPolicy(KubeNode? spec, ObjectFields fields)
    {
        if (fields.TextNode(spec, "dnsPolicy") is not { } policy) return ClusterFirst;
        if (DnsPolicies.TryGetValue(policy.Text, out string? known)) return known;
        fields.Fail(policy.Line, $"dnsPolicy '{policy.Text}' is not a DNS policy");
        return ClusterFirst;
    }

    private static PodDnsObject DnsConfig(KubeNode node, ObjectFields fields) => new(
        ObjectReader.Addresses(fields.Texts(node, "nameservers"), fields),
        [.. fields.Texts(node, "searches").Select(search => search.Text)],
        [.. fields.Maps(node, "options").Select(option => DnsOption(option, fields))]);

    private static string DnsOption(KubeNode node, ObjectFields fields)
    {
        string? name = fields.Text(node, "name"), value = fields.Text(node, "value");
        if (name is null) fields.Fail(node.Line, "a dnsConfig option without name");
        return value is null ? name ?? "" : $"{name}:{value}";
    }

    private static ContainerObject[] Containers(KubeNode? spec, KubeNode? status, ObjectFields fields)
    {
        List<KubeNode> statuses = fields.Maps(status, "containerStatuses");
        return
        [
            .. fields.Maps(spec, "containers").Select(container => fields.Text(container, "name")).OfType<string>()
                .Select(name => new ContainerObject(name, StartOf(statuses.Find(item => fields.Text(item, "name") == name), fields))),
        ];
    }

    /// <summary>When a container was started last: of one that waits to be started again, the time before.</summary>
    private static DateTimeOffset? StartOf(KubeNode? status, ObjectFields fields)
    {
        KubeNode? now = fields.Map(status, "state"), before = fields.Map(status, "lastState");
        return fields.Time(fields.Map(now, "running"), "startedAt")
            ?? fields.Time(fields.Map(now, "terminated"), "startedAt")
            ?? fields.Time(fields.Map(before, "terminated"), "startedAt");
    }
}
