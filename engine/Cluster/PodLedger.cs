using System.Collections.Concurrent;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Cluster;

/// <summary>The pods as they are: changed under the lock of the ledger that they belong to, found without it.</summary>
internal sealed class PodLedger(ClusterView view)
{
    private readonly ConcurrentDictionary<(string Namespace, string Name), (PodObject Pod, int Generation)> _pods = new();

    public int Count => _pods.Count;

    /// <summary>From any thread. The same object for as long as nothing about the pod changes.</summary>
    public PodObject? Find(string @namespace, string name) => _pods.TryGetValue((@namespace, name), out var found) ? found.Pod : null;

    /// <summary>The new pod takes the place of the old at each address at once, so that none blinks.</summary>
    public void Put(PodObject item, int generation)
    {
        PodObject? before = Find(item.Namespace, item.Name);
        _pods[(item.Namespace, item.Name)] = (item, generation);
        HashSet<AddressKey> addresses = AddressesOf(item);
        foreach (AddressKey address in addresses) view.SwapPod(address, before, item);
        if (before is null) return;
        foreach (AddressKey address in AddressesOf(before).Where(address => !addresses.Contains(address))) view.SwapPod(address, before, null);
    }

    public void Remove(string @namespace, string name)
    {
        if (!_pods.TryRemove((@namespace, name), out (PodObject Pod, int) gone)) return;
        foreach (AddressKey address in AddressesOf(gone.Pod)) view.SwapPod(address, gone.Pod, null);
    }

    public void Sweep(int generation)
    {
        foreach ((string @namespace, string name) in _pods.Where(pod => pod.Value.Generation != generation).Select(pod => pod.Key).ToList())
            Remove(@namespace, name);
    }

    private static HashSet<AddressKey> AddressesOf(PodObject pod) =>
        pod.Live ? [.. pod.IPs.Where(AddressKey.IsAddress).Select(AddressKey.Of)] : [];
}
