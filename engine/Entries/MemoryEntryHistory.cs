namespace KubeDoH.Engine.Entries;

/// <summary>The history of a store in memory: the latest changes, and never a part of a write only. Its caller holds a lock.</summary>
internal sealed class MemoryEntryHistory(int limit)
{
    private readonly LinkedList<EntryChanges> _writes = [];
    private int _count;
    private long _lastId;

    public void Add(EntryChanges changes)
    {
        _writes.AddLast(changes);
        _count += changes.Items.Count;
        _lastId += changes.Items.Count;
        while (_count - _writes.First!.Value.Items.Count >= limit)
        {
            _count -= _writes.First.Value.Items.Count;
            _writes.RemoveFirst();
        }
    }

    public EntryHistoryPage Read(EntryHistoryFilter filter) =>
        EntryHistoryPage.Of([.. Latest().Where(item => Matches(filter, item)).Take(filter.Limit + 1)], filter.Limit);

    /// <param name="piece">How many changes of the write were read already.</param>
    public NextWrite Next(long after, long piece, long revision)
    {
        if (after == revision) return NextWrite.NotYet;
        if (_writes.FirstOrDefault(w => w.Revision == after + 1) is not { } next) return NextWrite.TooOld;
        EntryChange[] items = [.. next.Items.Skip((int)piece).Take(EntryEvents.Piece)];
        long end = piece + items.Length;
        return new NextWrite(true, next with { Items = items, Continues = end < next.Items.Count }, end);
    }

    private IEnumerable<EntryHistoryItem> Latest()
    {
        long id = _lastId;
        for (LinkedListNode<EntryChanges>? node = _writes.Last; node is not null; node = node.Previous)
        {
            EntryChanges write = node.Value;
            foreach (EntryChange change in write.Items.Reverse())
                yield return new EntryHistoryItem(id--, write.Revision, write.At, write.Author, change.Key, change.Before, change.Entry);
        }
    }

    private static bool Matches(EntryHistoryFilter filter, EntryHistoryItem item) =>
        (filter.Name is not { } name || item.Key.Name == name)
        && (filter.Type is not { } type || item.Key.Type == type)
        && (filter.Author is not { } author || item.Author.Name == author)
        && (filter.Since is not { } since || item.At >= since)
        && (filter.Until is not { } until || item.At < until)
        && (filter.Before is not { } before || item.Id < before);
}
