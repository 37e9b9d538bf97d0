using System.Collections.Concurrent;
using System.Net;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Cluster;

/// <summary>The pods as they are: changed under the lock of the ledger that they belong to, found without it.</summary>
internal sealed class PodLedger(ClusterView view)
{
    private const int MaxShared = 4096;

    private readonly ConcurrentDictionary<(string Namespace, string Name), (PodObject Pod, int Generation)> _pods = new();
    private readonly Dictionary<string, string> _texts = [];

    public int Count => _pods.Count;

    /// <summary>From any thread. The same object for as long as nothing about the pod changes.</summary>
    public PodObject? Find(string @namespace, string name) =>
        _pods.TryGetValue((@namespace, name), out (PodObject Pod, int Generation) found) ? found.Pod : null;

    /// <summary>The names of the namespace's pods, in no order; from any thread.</summary>
    public IEnumerable<string> NamesIn(string @namespace) =>
        _pods.Where(pod => pod.Key.Namespace == @namespace).Select(pod => pod.Key.Name);

    /// <summary>The new pod takes the place of the old at each address at once, so that none blinks.</summary>
    public void Put(PodObject item, int generation)
    {
        PodObject? before = Find(item.Namespace, item.Name);
        if (before is not null && before.SaysTheSame(item))
        {
            _pods[(before.Namespace, before.Name)] = (before, generation);
            return;
        }

        PodObject next = Share(item);
        _pods[(next.Namespace, next.Name)] = (next, generation);
        HashSet<AddressKey> addresses = AddressesOf(next);
        foreach (AddressKey address in addresses) view.SwapPod(address, before, next);
        if (before is null) return;
        foreach (AddressKey address in AddressesOf(before).Where(address => !addresses.Contains(address)))
            view.SwapPod(address, before, null);
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

    /// <summary>Only where pod names need a pod are pods looked for by their addresses.</summary>
    private HashSet<AddressKey> AddressesOf(PodObject pod) =>
        pod.Live && view.Rules.Pods == PodRecords.Verified ? [.. pod.IPs.Where(AddressKey.IsAddress).Select(AddressKey.Of)] : [];

    /// <summary>
    /// The same pod, with one object for what many pods have: of a hundred thousand, most differ in name, address and start alone.
    /// </summary>
    private PodObject Share(PodObject pod) => pod with
    {
        Namespace = Share(pod.Namespace),
        Subdomain = pod.Subdomain is { } subdomain ? Share(subdomain) : null,
        IPs = Trim(pod.IPs),
        HostAliases = Trim(pod.HostAliases),
        Containers = Trim(pod.Containers.Select(container => container with { Name = Share(container.Name) })),
    };

    private static IReadOnlyList<T> Trim<T>(IEnumerable<T> list) => list.ToArray();

    private string Share(string text)
    {
        if (_texts.TryGetValue(text, out string? known)) return known;
        if (_texts.Count < MaxShared) _texts[text] = text;
        return text;
    }
}
