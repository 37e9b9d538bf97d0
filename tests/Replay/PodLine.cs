using System.Net;
using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Tests.Replay;

/// <summary>A pod as a line of <see cref="ClusterLines"/>.</summary>
internal static class PodLine
{
    public static PodObject Read(ScriptLine line)
    {
        (string space, string name) = ClusterLines.Named(line);
        var pod = new PodObject { Namespace = space, Name = name, StartedAt = ClusterLines.Time(line) };
        foreach (string word in line.Words.Skip(2)) pod = With(pod, line, word);
        return pod;
    }

    private static PodObject With(PodObject pod, ScriptLine line, string word)
    {
        string[] parts = word.Split('=', 2);
        string value = parts.Length == 2 ? parts[1] : "";
        PodDnsObject dns = pod.DnsConfig ?? new PodDnsObject([], [], []);
        return parts[0] switch
        {
            "done" => pod with { Live = false },
            "hostNetwork" => pod with { HostNetwork = true },
            "fqdn" => pod with { SetHostnameAsFqdn = true },
            "noServiceLinks" => pod with { ServiceLinks = false },
            "policy" => pod with { DnsPolicy = value },
            "notReady" => pod with { NotReady = value },
            "hostname" => pod with { Hostname = value },
            "override" => pod with { HostnameOverride = value },
            "subdomain" => pod with { Subdomain = value },
            "nameserver" => pod with { DnsConfig = dns with { Nameservers = [.. dns.Nameservers, ClusterLines.Address(line, value)] } },
            "search" => pod with { DnsConfig = dns with { Searches = [.. dns.Searches, value] } },
            "option" => pod with { DnsConfig = dns with { Options = [.. dns.Options, value] } },
            "alias" => pod with { HostAliases = [.. pod.HostAliases, Alias(line, value)] },
            ['@', ..] => pod,
            _ => pod with { IPs = [.. pod.IPs, .. word.Split(',').Select(text => ClusterLines.Address(line, text))] },
        };
    }

    private static HostAliasObject Alias(ScriptLine line, string text) => text.Split('=') is [var address, var names]
        ? new HostAliasObject(ClusterLines.Address(line, address), names.Split(','))
        : throw line.Error("an alias is alias=ADDRESS=NAME,NAME");
}
