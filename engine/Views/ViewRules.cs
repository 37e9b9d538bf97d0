using System.Net;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Views;

/// <summary>What of the options makes views: what a kubelet's own settings are, and which servers may be asked for a pod.</summary>
internal sealed class ViewRules
{
    private readonly HashSet<IPAddress> _podNameservers;

    /// <exception cref="FormatException">A value that the configuration should have refused.</exception>
    public ViewRules(EngineOptions options)
    {
        Zone = DnsName.Parse(options.Kubernetes.Zone);
        ZoneText = SuffixText.Of(Zone);
        ClusterDns = IPAddress.Parse(options.Kubernetes.ClusterDns);
        Ttl = (uint)options.Kubernetes.Ttl;
        _podNameservers = [.. options.Forward.PodNameservers.Select(IPAddress.Parse)];
    }

    /// <summary>The cluster domain.</summary>
    public DnsName Zone { get; }

    /// <summary>The same as a resolv.conf has it.</summary>
    public string ZoneText { get; }

    /// <summary>The nameserver of pods with dnsPolicy ClusterFirst.</summary>
    public IPAddress ClusterDns { get; }

    /// <summary>Of the names of a pod's hosts file, in seconds.</summary>
    public uint Ttl { get; }

    /// <summary>True when <c>Forward:PodNameservers</c> lets a pod's questions go there.</summary>
    public bool MayAsk(IPAddress server) => _podNameservers.Contains(server);
}
