using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Hosts;
using KubeDoH.Engine.Views;

namespace KubeDoH.Engine;

/// <summary>Reads a node's files with the readers that our own have.</summary>
internal static class NodeText
{
    public static readonly NodeTexts Readers = new(ReadResolvConf, ReadHosts);

    private static NodeResolvConf ReadResolvConf(string text)
    {
        ResolvConf conf = ResolvConf.Parse(text);
        return new NodeResolvConf(conf.Nameservers, [.. conf.SearchLine.Select(SuffixText.Of)], conf.Options);
    }

    /// <summary>What the file says wrong is its node's matter.</summary>
    private static NodeHosts ReadHosts(string text) => new(text, HostsText.Read("the node's hosts file", text, []));
}
