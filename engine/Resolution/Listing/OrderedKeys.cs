namespace KubeDoH.Engine.Resolution.Listing;

/// <summary>
/// Keys in order beside a dictionary that has none: to be read from anywhere on, a few at a time, while others change it.
/// </summary>
internal sealed class OrderedKeys<T>(IComparer<T> order)
{
    /// <summary>So many are read under one lock.</summary>
    private const int Chunk = 256;

    private readonly SortedSet<T> _keys = new(order);
    private readonly Lock _lock = new();

    public void Add(T key)
    {
        lock (_lock) _keys.Add(key);
    }

    public void Remove(T key)
    {
        lock (_lock) _keys.Remove(key);
    }

    /// <summary>True when there is a key from <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    public bool HasAny(T first, T last)
    {
        lock (_lock)
        {
            foreach (T _ in _keys.GetViewBetween(first, last)) return true;
            return false;
        }
    }

    /// <summary>
    /// The keys from <paramref name="first"/> on, itself included. One that comes or goes meanwhile may or may not be there.
    /// </summary>
    public IEnumerable<T> From(T first)
    {
        T[] chunk = Read(first);
        while (chunk.Length > 0)
        {
            foreach (T key in chunk) yield return key;
            T last = chunk[^1];
            chunk = Read(last);
            if (chunk.Length > 0 && order.Compare(chunk[0], last) == 0) chunk = chunk[1..];
        }
    }

    private T[] Read(T first)
    {
        lock (_lock)
        {
            if (_keys.Count == 0 || order.Compare(first, _keys.Max) > 0) return [];
            return [.. _keys.GetViewBetween(first, _keys.Max!).Take(Chunk)];
        }
    }
}
