using System.Net;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>Entries as they stood at one moment, to be written down.</summary>
/// <param name="Entries">In canonical order, without those that have expired.</param>
public sealed record EntryExport(long Revision, DateTimeOffset At, IReadOnlyList<Entry> Entries)
{
    /// <summary>
    /// The lines of a zone file (RFC 1035 5.1), every name absolute. An entry that a zone file cannot hold, since it is disabled or
    /// scoped to namespaces, is a comment.
    /// </summary>
    /// <param name="apex">
    /// The zone that the entries lie in, which then can be loaded: an SOA and an NS are made where it has none. An alias is no zone.
    /// </param>
    public IEnumerable<string> ToZone(DnsName? apex)
    {
        yield return $"; entries of KubeDoH at revision {Revision}, {At.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}";
        if (apex is { } top)
        {
            bool Has(RecordType type) => Entries.Any(entry => entry.Name == top && entry.Type == type && WhyNotPublic(entry) is null);
            bool loads = !Has(RecordType.CNAME);
            if (loads && !Has(RecordType.SOA))
                yield return $"{top} {EntryRules.DefaultTtl} IN SOA localhost. nobody.invalid. {(uint)Revision} 3600 600 86400 30";
            if (loads && !Has(RecordType.NS)) yield return $"{top} {EntryRules.DefaultTtl} IN NS localhost.";
        }

        foreach (Entry entry in Entries)
        {
            string type = RecordTypeText.Write(entry.Type);
            if (WhyNotPublic(entry) is { } why) yield return $"; left out, {why}: {entry.Name} {type}";
            else foreach (EntryRecord record in entry.Records) yield return $"{entry.Name} {entry.Ttl} IN {type} {record.Text}";
        }
    }

    /// <summary>
    /// The lines of a hosts file: the addresses of names, the name that an address leads back to before the others. What a hosts file
    /// cannot hold is a comment.
    /// </summary>
    public IEnumerable<string> ToHosts()
    {
        yield return $"# entries of KubeDoH at revision {Revision}, {At.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}";
        var addresses = new OrderedDictionary<IPAddress, List<Entry>>();
        foreach (Entry entry in Entries)
        {
            if (WhyNotInHosts(entry) is { } why)
            {
                yield return $"# left out, {why}: {entry.Name} {RecordTypeText.Write(entry.Type)}";
                continue;
            }

            foreach (EntryRecord record in entry.Records)
            {
                var address = new IPAddress(record.Data);
                if (!addresses.TryGetValue(address, out List<Entry>? names)) addresses[address] = names = [];
                names.Add(entry);
            }
        }

        foreach ((IPAddress address, List<Entry> names) in addresses)
        {
            // An alias needs a name before it that the address leads back to; without one it is that name itself.
            List<Entry> aliases = names.FindAll(entry => !entry.AutoPtr), first = names.FindAll(entry => entry.AutoPtr);
            if (first.Count == 0) (first, aliases) = (aliases, []);
            yield return $"{address} {string.Join(' ', first.Take(1).Concat(aliases).Select(NameOf))}";
            foreach (Entry entry in first.Skip(1)) yield return $"{address} {NameOf(entry)}";
        }
    }

    /// <summary>As hosts files have names: without the last dot.</summary>
    private static string NameOf(Entry entry) => entry.Name.ToString()[..^1];

    private static string? WhyNotPublic(Entry entry) =>
        !entry.Enabled ? "disabled" : entry.Namespaces.Count > 0 ? $"only for {string.Join(' ', entry.Namespaces)}" : null;

    private static string? WhyNotInHosts(Entry entry) =>
        WhyNotPublic(entry)
        ?? (entry.Type is not (RecordType.A or RecordType.AAAA) ? "no address"
            : entry.IsWildcard ? "a wildcard"
            : NameOf(entry).AsSpan().ContainsAny('#', '\\') ? "a name that no hosts file holds"
            : null);
}
