using System.Net;
using System.Text;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Views;

/// <summary>
/// The hosts file that the kubelet makes for a pod (Kubernetes: pkg/kubelet/kubelet_pods.go, ensureHostsFile): the machine's own names,
/// the pod's, then its hostAliases. In its node's network a pod has the node's file with the hostAliases behind.
/// </summary>
internal static class PodHosts
{
    /// <summary>Characters of the longest hostname that the kubelet gives a pod.</summary>
    private const int MaxHostname = 63;

    /// <summary>
    /// Characters of the longest name that fits the kernel; a pod with setHostnameAsFQDN and a longer one is not started.
    /// </summary>
    private const int MaxKernelName = 64;

    private static readonly HostsLine[] Machine =
    [
        new("127.0.0.1", "localhost", ' '),
        new("::1", "localhost ip6-localhost ip6-loopback", ' '),
        new("fe00::0", "ip6-localnet", ' '),
        new("fe00::0", "ip6-mcastprefix", ' '),
        new("fe00::1", "ip6-allnodes", ' '),
        new("fe00::2", "ip6-allrouters", ' '),
    ];

    /// <summary>The file; null when it is the node's, which is not known.</summary>
    public static string? Write(PodObject pod, ViewRules rules, NodeFiles node)
    {
        var text = new StringBuilder("# Kubernetes-managed hosts file");
        if (!pod.HostNetwork)
        {
            text.Append(".\n");
            foreach (HostsLine line in (IEnumerable<HostsLine>)[.. Machine, .. Own(pod, rules)]) text.Append(line).Append('\n');
        }
        else if (node.Hosts is { } hosts) text.Append(" (host network).\n").Append(hosts.Text);
        else return null;

        if (pod.HostAliases.Count > 0) text.Append("\n# Entries added by HostAliases.\n");
        foreach (HostsLine line in Aliases(pod)) text.Append(line).Append('\n');
        return text.ToString();
    }

    /// <summary>The lines of the file that name an address. Where the node's are not known, the hostAliases alone.</summary>
    public static IEnumerable<AddressLine> Read(PodObject pod, ViewRules rules, NodeFiles node)
    {
        IEnumerable<AddressLine> aliases = Aliases(pod).Select(line => line.Read());
        return pod.HostNetwork
            ? [.. node.Hosts?.Lines ?? [], .. aliases]
            : [.. Machine.Concat(Own(pod, rules)).Select(line => line.Read()), .. aliases];
    }

    /// <summary>Why the kubelet does not start the pod, or null.</summary>
    public static string? Refusal(PodObject pod, ViewRules rules)
    {
        if (!pod.SetHostnameAsFqdn || DomainOf(pod, rules) is not { } domain) return null;
        int length = Hostname(pod).Length + 1 + domain.Length;
        return length <= MaxKernelName
            ? null
            : $"setHostnameAsFQDN asks for a hostname of {length} characters, and {MaxKernelName} is the most: the kubelet does not "
                + "start the pod";
    }

    /// <summary>What the pod calls itself: the hostname that its spec gives it, else its name, cut to what a hostname may be.</summary>
    public static string Hostname(PodObject pod)
    {
        string name = pod.HostnameOverride ?? pod.Hostname ?? pod.Name;
        return name.Length <= MaxHostname ? name : name[..MaxHostname].TrimEnd('-', '.');
    }

    private static string? DomainOf(PodObject pod, ViewRules rules) =>
        pod is { Subdomain: { } subdomain, HostnameOverride: null } ? $"{subdomain}.{pod.Namespace}.svc.{rules.ZoneText}" : null;

    private static IEnumerable<HostsLine> Own(PodObject pod, ViewRules rules)
    {
        string hostname = Hostname(pod);
        string names = DomainOf(pod, rules) is { } domain ? $"{hostname}.{domain}\t{hostname}" : hostname;
        return pod.IPs.Select(address => new HostsLine(address.ToString(), names, '\t'));
    }

    private static IEnumerable<HostsLine> Aliases(PodObject pod) =>
        pod.HostAliases.Select(alias => new HostsLine(alias.Address.ToString(), string.Join('\t', alias.Hostnames), '\t'));

    /// <summary>A line as it is written: the address, a tab, and the names with what stands between them.</summary>
    private readonly record struct HostsLine(string Address, string Names, char Between)
    {
        public override string ToString() => $"{Address}\t{Names}";

        public AddressLine Read()
        {
            var names = new List<DnsName>();
            foreach (string word in Names.Split(Between))
                if (DnsName.TryParse(word, out DnsName name, out _)) names.Add(name);
            return new AddressLine(IPAddress.Parse(Address), names);
        }
    }
}
