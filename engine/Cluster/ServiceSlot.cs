using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Cluster;

/// <summary>
/// The place of one service: there as long as the service or a slice of it is, whichever comes first. Only the ledger, under its
/// lock, changes it.
/// </summary>
internal sealed class ServiceSlot(string service, DnsName name)
{
    private volatile ServiceNode? _node;

    public string Service => service;

    /// <summary>The name of the service.</summary>
    public DnsName Name => name;

    /// <summary>The service without its labels; null while it does not exist.</summary>
    public ServiceObject? Object { get; set; }

    /// <summary>False when its labels hide it.</summary>
    public bool IsShown { get; set; }

    /// <summary>The number of the list in which the service was last seen.</summary>
    public int Generation { get; set; }

    /// <summary>By name. Never changed in place: the node holds it too.</summary>
    public SliceEntry[] Slices { get; private set; } = [];

    /// <summary>Its names as they are answered; null when it has none.</summary>
    public ServiceNode? Node
    {
        get => _node;
        set => _node = value;
    }

    public bool IsEmpty => Object is null && Slices.Length == 0;

    public void Put(SliceEntry slice)
    {
        int at = IndexOf(slice.Name);
        Slices = at >= 0 ? [.. Slices[..at], slice, .. Slices[(at + 1)..]] : [.. Slices[..~at], slice, .. Slices[~at..]];
    }

    public void Take(string slice)
    {
        int at = IndexOf(slice);
        if (at >= 0) Slices = [.. Slices[..at], .. Slices[(at + 1)..]];
    }

    /// <summary>Its index or, where it is not there, the complement of the index at which it would stand.</summary>
    private int IndexOf(string slice) => Slices.AsSpan().BinarySearch(new SliceName(slice));

    private readonly struct SliceName(string name) : IComparable<SliceEntry>
    {
        public int CompareTo(SliceEntry? other) => string.CompareOrdinal(name, other?.Name);
    }
}
