namespace KubeDoH.Engine.Resolution.Listing;

/// <summary>Puts things into order while they are read: whoever takes a few of many does not pay for sorting them all.</summary>
internal static class LazyOrder
{
    public static IEnumerable<TItem> Of<TItem, TKey>(IEnumerable<TItem> items, Func<TItem, TKey> key, IComparer<TKey> order)
    {
        var heap = new PriorityQueue<TItem, TKey>(items.Select(item => (item, key(item))), order);
        while (heap.TryDequeue(out TItem? item, out _)) yield return item;
    }
}
