using System.Collections.Concurrent;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>
/// The names of one scope, looked up without a lock. A change touches its own name and what its ancestors know of names below.
/// One writer at a time.
/// </summary>
internal sealed class EntryLayer
{
    private readonly string _source;
    private readonly TimeProvider _time;
    private readonly Answer _noData;
    private HashSet<EntryOwner> _changed = [];
    private volatile bool _hadOwners;
    private readonly ConcurrentDictionary<DnsName, EntryOwner> _owners = new(DnsNameComparer.Instance);
    private readonly ConcurrentDictionary<DnsName, EntryOwner>.AlternateLookup<ReadOnlySpan<byte>> _byWire;

    public EntryLayer(string source, TimeProvider time)
    {
        _source = source;
        _time = time;
        _noData = LocalAnswers.NoData(source);
        _byWire = _owners.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>The answer by exact name, wildcard or DNAME; null when the name or its other types are not this layer's.</summary>
    public Answer? Find(Query query)
    {
        if (!_hadOwners) return null;
        LiveAnswers? live = Locate(query.Name, out ReadOnlySpan<byte> dnameOwner);
        if (live is null) return null;
        return dnameOwner.IsEmpty
            ? live.Find(query.Type, _noData)
            : DnameSynthesis.Answer(_source, query, dnameOwner, live.Dname!);
    }

    /// <summary>The entries that answer for a name now.</summary>
    public IReadOnlyList<EntryPart> PartsFor(ReadOnlySpan<byte> name) => Locate(name, out _)?.Parts ?? [];

    /// <summary>True when the name is one of this layer's, if only as an empty non-terminal.</summary>
    public bool Knows(ReadOnlySpan<byte> name) =>
        Locate(name, out _) is not null || (_byWire.TryGetValue(name, out EntryOwner? owner) && owner.HasNamesBelow(_time));

    /// <summary>Every name, those without records of their own too, in no order.</summary>
    public IEnumerable<EntryOwner> Owners => _owners.Select(pair => pair.Value);

    /// <summary>
    /// Makes the answers of the names that have changed. Until then readers see what was there before: a name that many changes of
    /// one write touch is built once.
    /// </summary>
    public void Build()
    {
        if (_changed.Count == 0) return;
        (HashSet<EntryOwner> changed, _changed) = (_changed, []);
        foreach (EntryOwner owner in changed)
        {
            owner.Build(_source);
            if (owner.IsEmpty) _owners.TryRemove(new KeyValuePair<DnsName, EntryOwner>(owner.Name, owner));
        }
    }

    /// <summary>Puts a part at its owner, in the place of the same entry's part; <see cref="Build"/> then shows it.</summary>
    public void Put(DnsName name, EntryPart part) => Set(name, part.Key, part);

    public void Remove(DnsName name, EntryKey key) => Set(name, key, null);

    /// <summary>
    /// Walks up from the name: its own answers; else, at the closest encloser, a DNAME or else the wildcard (RFC 4592 3.3.1);
    /// else a DNAME further up.
    /// </summary>
    /// <param name="dnameOwner">The owner of the DNAME that the name lies below; empty when the answers are the name's own.</param>
    private LiveAnswers? Locate(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> dnameOwner)
    {
        bool enclosed = false;
        dnameOwner = default;

        // The ancestors of every owner are known: where the top level is not, only the root is left to ask.
        ReadOnlySpan<byte> topLevel = WireName.TopLevel(name);
        EntryOwner? owner = null;
        if (!_byWire.ContainsKey(topLevel))
        {
            name = topLevel;
        }
        else if (_byWire.TryGetValue(name, out owner))
        {
            if (owner.Answers(_time) is { } own) return own;
            enclosed = owner.HasNamesBelow(_time);
        }

        for (ReadOnlySpan<byte> above = name; above[0] != 0;)
        {
            above = WireName.Parent(above);
            if (!_byWire.TryGetValue(above, out owner)) continue;
            LiveAnswers? live = owner.Answers(_time);
            if (live?.Dname is not null)
            {
                dnameOwner = above;
                return live;
            }

            if (enclosed) continue;
            if (live is null && !owner.HasNamesBelow(_time)) continue;
            enclosed = true;
            if (Wildcard(above) is { } covering) return covering;
        }

        return null;
    }

    private LiveAnswers? Wildcard(ReadOnlySpan<byte> parent)
    {
        Span<byte> name = stackalloc byte[WireName.MaxLength];
        return WireName.TryPrepend("*"u8, parent, name, out int length) && _byWire.TryGetValue(name[..length], out EntryOwner? owner)
            ? owner.Answers(_time)
            : null;
    }

    private void Set(DnsName name, EntryKey key, EntryPart? part)
    {
        EntryOwner owner = _owners.GetOrAdd(name, static n => new EntryOwner(n));
        long before = owner.Until;
        owner.Set(key, part);
        _hadOwners = true;
        _changed.Add(owner);
        long after = owner.Until;
        if (before == after) return;
        for (ReadOnlySpan<byte> above = name.Span; above[0] != 0;)
        {
            above = WireName.Parent(above);
            if (!_byWire.TryGetValue(above, out EntryOwner? ancestor))
            {
                var ancestorName = DnsName.Copy(above);
                _owners[ancestorName] = ancestor = new EntryOwner(ancestorName);
            }

            ancestor.ChangeBelow(before, after);
            if (ancestor.IsEmpty) _changed.Add(ancestor);
        }
    }
}
