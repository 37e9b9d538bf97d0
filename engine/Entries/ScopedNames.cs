using System.Collections.Concurrent;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>Names as each view sees them: those of its namespace first, exact and wildcard, then those for everybody.</summary>
internal sealed class ScopedNames(string source, TimeProvider time)
{
    private readonly EntryLayer _global = new(source, time);
    private readonly ConcurrentDictionary<string, EntryLayer> _byNamespace = new(StringComparer.Ordinal);

    public Answer? Find(Query query) => Scoped(query)?.Find(query) ?? _global.Find(query);

    /// <summary>The entries that <see cref="Find"/> answers a question from.</summary>
    public IReadOnlyList<EntryPart> PartsFor(Query query) =>
        (Scoped(query) is { } scoped && scoped.Find(query) is not null ? scoped : _global).PartsFor(query.Name);

    public bool Knows(Query query) => Scoped(query)?.Knows(query.Name) == true || _global.Knows(query.Name);

    /// <summary>
    /// Puts the parts of an entry in the place of those that it gave before. <see cref="Build"/> then shows what was replaced.
    /// </summary>
    public void Replace(IReadOnlyList<PlacedPart> before, IReadOnlyList<PlacedPart> after)
    {
        foreach (PlacedPart part in after) Layer(part.Namespace).Put(part.Owner, part.Part);
        HashSet<(string?, DnsName)> kept = [.. after.Select(p => (p.Namespace, p.Owner))];
        foreach (PlacedPart old in before)
            if (!kept.Contains((old.Namespace, old.Owner))) Layer(old.Namespace).Remove(old.Owner, old.Part.Key);
    }

    /// <summary>Shows everything that was replaced since.</summary>
    public void Build()
    {
        _global.Build();
        foreach ((_, EntryLayer layer) in _byNamespace) layer.Build();
    }

    /// <summary>Every name of every scope, those without records of their own too, in no order; the scope of everybody is "".</summary>
    public IEnumerable<(string Scope, EntryOwner Owner)> Owners() => _byNamespace
        .SelectMany(layer => layer.Value.Owners.Select(owner => (layer.Key, owner)))
        .Concat(_global.Owners.Select(owner => ("", owner)));

    private EntryLayer? Scoped(Query query) =>
        query.View.Namespace is { } name && _byNamespace.TryGetValue(name, out EntryLayer? layer) ? layer : null;

    private EntryLayer Layer(string? name) =>
        name is null ? _global : _byNamespace.GetOrAdd(name, _ => new EntryLayer(source, time));
}
