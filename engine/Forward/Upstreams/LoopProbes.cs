using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward.Upstreams;

/// <summary>
/// Names that only this process asks for, below the suffix of a rule: one that arrives here as a question was sent round in a circle,
/// through however many servers, since every forwarder passes a name on as it is.
/// </summary>
internal sealed class LoopProbes
{
    private const int LabelSize = 29;

    private readonly ConcurrentDictionary<DnsName, bool> _caught = new(DnsNameComparer.Instance);

    private static ReadOnlySpan<byte> Prefix => "kubedoh-loop-"u8;

    /// <summary>A name that nobody can guess.</summary>
    public DnsName Open(DnsName suffix)
    {
        byte[] label = [.. Prefix, .. Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)))];
        DnsName name = suffix.Child(label);
        _caught[name] = false;
        return name;
    }

    /// <summary>Ends a probe; true when its question came back.</summary>
    public bool Close(DnsName name) => _caught.TryRemove(name, out bool caught) && caught;

    /// <summary>True for a question that this process asked: it is answered at once, and never asked again.</summary>
    public bool Catches(ReadOnlySpan<byte> name)
    {
        if (name[0] != LabelSize || !name[1..].StartsWith(Prefix)) return false;
        return _caught.TryUpdate(DnsName.Copy(name), true, false) || _caught.ContainsKey(DnsName.Copy(name));
    }
}
