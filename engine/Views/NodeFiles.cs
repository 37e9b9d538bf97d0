using System.Net;
using KubeDoH.Engine.Resolution;

namespace KubeDoH.Engine.Views;

/// <summary>What pods take over from their node. Immutable; a file that changes makes another.</summary>
/// <param name="ResolvConf">Null where none is configured.</param>
/// <param name="Hosts">Null where none is configured.</param>
internal sealed record NodeFiles(NodeResolvConf? ResolvConf, NodeHosts? Hosts)
{
    public static readonly NodeFiles None = new(null, null);
}

/// <summary>A node's resolv.conf, as the kubelet reads it.</summary>
/// <param name="Searches">Suffixes without their last dots.</param>
/// <param name="Options">The words of its last line of options.</param>
internal sealed record NodeResolvConf(IReadOnlyList<IPAddress> Nameservers, IReadOnlyList<string> Searches, IReadOnlyList<string> Options);

/// <summary>A node's hosts file: its text, and the lines of it that say something.</summary>
internal sealed record NodeHosts(string Text, IReadOnlyList<AddressLine> Lines);
