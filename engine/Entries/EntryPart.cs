using System.Net;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Resolution.Listing;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>What one entry gives to one owner name.</summary>
/// <param name="Key">The entry that it comes from.</param>
/// <param name="Revision">The entry's.</param>
/// <param name="ExpiresAt">UTC ticks; <see cref="Never"/> for an entry without expiry.</param>
internal sealed record EntryPart(EntryKey Key, long Revision, RRset Records, long ExpiresAt, bool PassThrough)
{
    public const long Never = long.MaxValue;

    public RecordOrigin Origin => new() { Kind = "Entry", Name = Key.Name.ToString(), Type = Key.Type, Revision = Revision };
}

/// <summary>A part with the owner name that it belongs to and the views that see it.</summary>
/// <param name="Namespace">Null for every view.</param>
internal readonly record struct PlacedPart(string? Namespace, DnsName Owner, EntryPart Part)
{
    /// <summary>The entry's own records, once for each of its namespaces; nothing for a disabled entry.</summary>
    public static IEnumerable<PlacedPart> OfNames(Entry? entry) => entry is not { Enabled: true }
        ? []
        : Place(entry, entry.Name, new RRset(entry.Type, entry.Ttl, [.. entry.Records.Select(r => r.Data)]), entry.PassThrough);

    /// <summary>
    /// The automatic PTR records of an entry's addresses. Unspecified and loopback ones, as block lists use them, name nobody.
    /// </summary>
    public static IEnumerable<PlacedPart> OfPointers(Entry? entry) => entry is not { Enabled: true, AutoPtr: true }
        ? []
        : entry.Records.Where(r => NamesSomebody(new IPAddress(r.Data))).SelectMany(r => Place(
            entry, ReverseName.Write(AddressKey.Of(r.Data)), new RRset(RecordType.PTR, entry.Ttl, [entry.Name.Span.ToArray()]),
            passThrough: false));

    private static bool NamesSomebody(IPAddress address) =>
        !IPAddress.IsLoopback(address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any);

    private static IEnumerable<PlacedPart> Place(Entry entry, DnsName owner, RRset records, bool passThrough)
    {
        var part = new EntryPart(entry.Key, entry.Revision, records, entry.ExpiresAt?.UtcTicks ?? EntryPart.Never, passThrough);
        return entry.Namespaces.Count == 0
            ? [new PlacedPart(null, owner, part)]
            : entry.Namespaces.Select(ns => new PlacedPart(ns, owner, part));
    }
}
