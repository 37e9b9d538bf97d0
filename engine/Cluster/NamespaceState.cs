using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Engine.Cluster;

/// <summary>A namespace and what lives in it. Only the ledger, under its lock, changes it.</summary>
internal sealed class NamespaceState(string name)
{
    /// <summary>One string for all that lives in it.</summary>
    public string Name => name;

    /// <summary>Null while no Namespace object of the name is known.</summary>
    public NamespaceObject? Object { get; set; }

    /// <summary>The number of the list in which the object was last seen.</summary>
    public int Generation { get; set; }

    /// <summary>True when it exists for those who ask.</summary>
    public bool IsShown { get; set; }

    public Dictionary<string, ServiceSlot> Services { get; } = [];

    public Dictionary<string, SliceEntry> Slices { get; } = [];

    /// <summary>The services that exist for those who ask.</summary>
    public IReadOnlyList<ServiceObject> ShownServices() =>
        [.. Services.Values.Where(slot => slot.IsShown).Select(slot => slot.Object).OfType<ServiceObject>()];

    public bool IsEmpty => Object is null && Services.Count == 0 && Slices.Count == 0;
}
