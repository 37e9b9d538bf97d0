using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution;

/// <summary>
/// From where a question is seen: what a pod's resolv.conf and hosts file would say. The caller states it; nothing is guessed
/// from an address.
/// </summary>
public sealed record ClientView
{
    /// <summary>The most that glibc and the kubelet allow (resolv.conf(5)).</summary>
    public const int MaxNdots = 15;

    /// <summary>Names are taken as they come: no search list, no namespace.</summary>
    public static readonly ClientView Absolute = new();

    /// <summary>The suffixes to try, in order.</summary>
    public IReadOnlyList<DnsName> SearchList { get; init; } = [];

    /// <summary>A name with at least so many dots is tried as it is first (resolv.conf(5)).</summary>
    public int Ndots { get; init; } = 1;

    /// <summary>The namespace whose scoped entries are seen; null sees global ones only.</summary>
    public string? Namespace { get; init; }

    /// <summary>The names of the pod's own hosts file, answered before any DNS as nsswitch's "files dns" has it; null for none.</summary>
    public NameTable? HostAliases { get; init; }

    /// <summary>
    /// The servers that a pod asks in the stead of the cluster's DNS, whose part this service takes: it then sees nothing of the
    /// cluster, entries and hosts files. Null for the cluster's DNS.
    /// </summary>
    public ViewUpstreams? Upstreams { get; init; }
}
