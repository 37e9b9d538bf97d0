namespace KubeDoH.Engine.Entries;

/// <summary>
/// The parts of one owner name, by their entries. Nearly every name has a few; a reverse name can have as many as there are entries.
/// </summary>
internal sealed class EntryParts
{
    /// <summary>Up to here it is quicker to look at each, and takes less room.</summary>
    private const int Few = 8;

    private readonly List<EntryPart> _few = [];
    private Dictionary<EntryKey, EntryPart>? _many;
    private Lifetimes? _lifetimes;

    public IReadOnlyCollection<EntryPart> All => _many is null ? _few : _many.Values;

    /// <summary>UTC ticks until which there is a part; 0 for none.</summary>
    public long Latest => _lifetimes?.Latest ?? _few.Select(p => p.ExpiresAt).DefaultIfEmpty().Max();

    /// <summary>Puts a part in the place of the same entry's, or with null takes it away.</summary>
    public void Set(EntryKey key, EntryPart? part)
    {
        if (Take(key) is { } before) _lifetimes?.Remove(before.ExpiresAt);
        if (part is null) return;
        if (_many is null && _few.Count == Few) BecomeMany();
        _lifetimes?.Add(part.ExpiresAt);
        if (_many is null) _few.Add(part);
        else _many[key] = part;
    }

    private void BecomeMany()
    {
        _many = _few.ToDictionary(p => p.Key);
        _lifetimes = new Lifetimes();
        foreach (EntryPart part in _few) _lifetimes.Add(part.ExpiresAt);
        _few.Clear();
    }

    private EntryPart? Take(EntryKey key)
    {
        if (_many is not null) return _many.Remove(key, out EntryPart? taken) ? taken : null;
        int at = _few.FindIndex(p => p.Key == key);
        if (at < 0) return null;
        EntryPart part = _few[at];
        _few.RemoveAt(at);
        return part;
    }
}
