namespace KubeDoH.Tests.Forward.Cache;

/// <summary>Numbers from 0 on, where the n-th is drawn with a chance of 1/n: how often names are asked for.</summary>
internal sealed class Zipf(int count, Random random)
{
    private readonly double[] _sums = Sums(count);

    public int Next()
    {
        int at = Array.BinarySearch(_sums, random.NextDouble() * _sums[^1]);
        return Math.Min(at < 0 ? ~at : at, _sums.Length - 1);
    }

    private static double[] Sums(int count)
    {
        var sums = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) sums[i] = sum += 1.0 / (i + 1);
        return sums;
    }
}

/// <summary>What a cache would hit that always lets go what was used longest ago.</summary>
internal sealed class IdealLru(int capacity)
{
    private readonly Dictionary<int, LinkedListNode<int>> _nodes = [];
    private readonly LinkedList<int> _used = new();

    public long Hits { get; private set; }

    public void Ask(int item)
    {
        if (_nodes.TryGetValue(item, out LinkedListNode<int>? node))
        {
            Hits++;
            _used.Remove(node);
            _used.AddFirst(node);
            return;
        }

        if (_nodes.Count == capacity)
        {
            _nodes.Remove(_used.Last!.Value);
            _used.RemoveLast();
        }

        _nodes[item] = _used.AddFirst(item);
    }
}
