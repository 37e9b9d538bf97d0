using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>What the writes of a batch have made so far of the entries that are stored, name by name.</summary>
internal sealed class EntryPlan
{
    private readonly Dictionary<DnsName, Dictionary<RecordType, Entry?>> _names = new(DnsNameComparer.Instance);

    /// <summary>Puts an entry at the key, or with null nothing.</summary>
    public void Set(EntryKey key, Entry? entry)
    {
        if (!_names.TryGetValue(key.Name, out Dictionary<RecordType, Entry?>? atName))
            _names[key.Name] = atName = new Dictionary<RecordType, Entry?>(1);
        atName[key.Type] = entry;
    }

    /// <summary>The entries at a name after the writes so far.</summary>
    public List<Entry> At(DnsName name, IEnumerable<Entry> stored) =>
        _names.TryGetValue(name, out Dictionary<RecordType, Entry?>? planned)
            ? [.. stored.Where(e => !planned.ContainsKey(e.Type)), .. planned.Values.OfType<Entry>()]
            : [.. stored];

    /// <summary>What the whole comes to; an entry made and deleted again is no change.</summary>
    public IReadOnlyList<EntryChange> Changes(Func<EntryKey, Entry?> stored) =>
    [
        .. _names.SelectMany(name => name.Value.Select(planned => new EntryKey(name.Key, planned.Key)))
            .Select(key => new EntryChange(key, _names[key.Name][key.Type], stored(key)))
            .Where(change => change.Entry is not null || change.Before is not null),
    ];
}

/// <summary>When an entry expires; the first come first.</summary>
internal readonly record struct EntryDeadline(DateTimeOffset At, EntryKey Key) : IComparable<EntryDeadline>
{
    public int CompareTo(EntryDeadline other)
    {
        int order = At.CompareTo(other.At);
        return order != 0 ? order : EntryOrder.Instance.Compare(Key, other.Key);
    }
}
