using System.Globalization;
using System.Net;
using System.Text;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;

namespace KubeDoH.Engine.Views;

/// <summary>
/// The resolv.conf that the kubelet makes for a pod (Kubernetes: pkg/kubelet/network/dns): what the policy says, then what dnsConfig
/// adds, each server, suffix and option once, then the kubelet's limits.
/// </summary>
/// <param name="Searches">Suffixes as the objects write them.</param>
/// <param name="Options">Words such as <c>ndots:5</c>.</param>
/// <param name="LacksNode">True when it should hold what the node's own says, and that is not known.</param>
internal sealed record PodResolvConf(
    IReadOnlyList<IPAddress> Nameservers, IReadOnlyList<string> Searches, IReadOnlyList<string> Options, bool LacksNode = false)
{
    /// <summary>As many servers as a resolver asks (resolv.conf(5), MAXNS; Kubernetes: MaxDNSNameservers).</summary>
    private const int MaxNameservers = 3;

    /// <summary>Kubernetes: MaxDNSSearchPaths, MaxDNSSearchListChars, and of one suffix DNS1123SubdomainMaxLength.</summary>
    private const int MaxSearches = 32, MaxSearchLine = 2048, MaxSuffix = 253;

    private const string NdotsOption = "ndots:";

    /// <summary>Of a pod with the usual settings, dnsPolicy ClusterFirst and no dnsConfig.</summary>
    public static PodResolvConf OfNamespace(string @namespace, ViewRules rules, NodeFiles node) =>
        ClusterFirst(@namespace, rules, node).WithinLimits();

    public static PodResolvConf Of(PodObject pod, ViewRules rules, NodeFiles node)
    {
        PodResolvConf conf = pod.DnsPolicy switch
        {
            "None" => new PodResolvConf([], [], []),
            "Default" => OfNode(node),
            "ClusterFirst" when pod.HostNetwork => OfNode(node),
            _ => ClusterFirst(pod.Namespace, rules, node),
        };
        return (pod.DnsConfig is { } dns ? conf.With(dns) : conf).WithinLimits();
    }

    /// <summary>A name with at least so many dots is tried as it is first; resolv.conf(5) has 1 where nothing is said.</summary>
    public int Ndots()
    {
        string? option = Options.LastOrDefault(option => option.StartsWith(NdotsOption, StringComparison.Ordinal));
        return int.TryParse(option?[NdotsOption.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int ndots)
            ? Math.Min(ndots, ClientView.MaxNdots)
            : 1;
    }

    /// <summary>The file: a line for each server, one for all suffixes, one for all options; none for what there is nothing of.</summary>
    public string Write()
    {
        var text = new StringBuilder();
        foreach (IPAddress server in Nameservers) text.Append("nameserver ").Append(server).Append('\n');
        if (Searches.Count > 0) text.Append("search ").AppendJoin(' ', Searches).Append('\n');
        if (Options.Count > 0) text.Append("options ").AppendJoin(' ', Options).Append('\n');
        return text.ToString();
    }

    private static PodResolvConf ClusterFirst(string @namespace, ViewRules rules, NodeFiles node)
    {
        string zone = rules.ZoneText;
        IEnumerable<string> searches = [$"{@namespace}.svc.{zone}", $"svc.{zone}", zone, .. node.ResolvConf?.Searches ?? []];
        return new PodResolvConf([rules.ClusterDns], [.. searches.Distinct()], ["ndots:5"]);
    }

    private static PodResolvConf OfNode(NodeFiles node) => node.ResolvConf is { } conf
        ? new PodResolvConf(conf.Nameservers, conf.Searches, conf.Options)
        : new PodResolvConf([], [], [], LacksNode: true);

    /// <summary>An option of dnsConfig takes the place of the one with its name; the others stand behind.</summary>
    private PodResolvConf With(PodDnsObject dns)
    {
        List<string> options = [.. Options];
        foreach (string option in dns.Options.Where(option => SuffixText.IsWord(option)))
        {
            int same = options.FindIndex(other => NameOf(other) == NameOf(option));
            if (same < 0) options.Add(option);
            else options[same] = option;
        }

        return this with
        {
            Nameservers = [.. Nameservers.Concat(dns.Nameservers).Distinct()],
            Searches = [.. Searches.Concat(dns.Searches.Where(search => SuffixText.TryRead(search, out _))).Distinct()],
            Options = options,
        };
    }

    private static string NameOf(string option) => option.Split(':', 2)[0];

    private PodResolvConf WithinLimits()
    {
        List<string> searches = [.. Searches.Take(MaxSearches).Where(search => search.Length <= MaxSuffix)];
        while (searches.Sum(search => search.Length + 1) - 1 > MaxSearchLine) searches.RemoveAt(searches.Count - 1);
        return this with { Nameservers = [.. Nameservers.Take(MaxNameservers)], Searches = searches };
    }
}
