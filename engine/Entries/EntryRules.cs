using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>
/// What an entry may be. A draft passes whole, in canonical form, or comes back with every violation at once.
/// Rules between entries (an alias stands alone) are <see cref="FindConflict"/>, which needs the others at the name.
/// </summary>
/// <param name="clusterZone">The zone that needs an override; null where there is no cluster.</param>
public sealed class EntryRules(DnsName? clusterZone, TimeProvider time)
{
    /// <summary>TTL in seconds of an entry that names none: short, as what people add by hand they also change by hand.</summary>
    public const uint DefaultTtl = 60;

    /// <summary>RFC 2181 8.</summary>
    public const long MaxTtl = int.MaxValue;

    public const int MaxRecords = 1000;

    /// <summary>Octets of RDATA: with owner and fixed fields of 1000 records it still fits an answer of 65,535 octets.</summary>
    public const int MaxDataSize = 48 * 1024;

    /// <summary>The entry that <paramref name="draft"/> asks for, or null and the violations.</summary>
    /// <param name="overrideZone">Names in the cluster's zone are meant.</param>
    public Entry? TryAccept(EntryDraft draft, bool overrideZone, out IReadOnlyList<EntryViolation> violations)
    {
        var found = new List<EntryViolation>();
        CheckName(draft.Name, overrideZone, found);
        CheckType(draft, found);
        if (draft.Ttl is < 0 or > MaxTtl) found.Add(Invalid("/ttl", $"the TTL must lie between 0 and {MaxTtl} seconds"));
        IReadOnlyList<EntryRecord> records = MayBeStored(draft.Type) ? ReadRecords(draft, found) : [];
        EntryPropertyRules.Check(draft, time.GetUtcNow(), found);
        violations = found;
        return found.Count > 0 ? null : Canonical(draft, records);
    }

    /// <summary>True for what a namespace may be called: an RFC 1123 2.1 label in lower case.</summary>
    public static bool IsNamespace(string? text) =>
        text is { Length: > 0 and <= WireName.MaxLabel } && text[0] != '-' && text[^1] != '-'
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>What a source may be called, in words.</summary>
    public const string SourceRule = "a source is 1 to 64 letters, digits and . _ - /";

    /// <summary>True for what a source may be called.</summary>
    public static bool IsSource(string text) =>
        text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/');

    /// <summary>
    /// The violation of RFC 1034 3.6.2 between <paramref name="entry"/> and the others at its name; null when there is none.
    /// </summary>
    internal static EntryViolation? FindConflict(Entry entry, IEnumerable<Entry> othersAtName, DateTimeOffset now)
    {
        if (!entry.Enabled) return null;
        foreach (Entry other in othersAtName)
        {
            bool oneIsAlias = (entry.Type == RecordType.CNAME) != (other.Type == RecordType.CNAME);
            if (!oneIsAlias || !other.Enabled || other.IsExpired(now) || !entry.SharesScope(other)) continue;
            return new EntryViolation(EntryViolation.CnameExclusive, "/type",
                $"{entry.Name} has {RecordTypeText.Write(other.Type)} records already, and a CNAME stands alone at its name "
                + "(RFC 1034 3.6.2)");
        }

        return null;
    }

    private void CheckName(DnsName name, bool overrideZone, List<EntryViolation> found)
    {
        if (name == DnsName.Root) found.Add(Invalid("/name", "the root cannot have entries"));
        bool first = true;
        for (ReadOnlySpan<byte> rest = name.Span; rest[0] != 0; rest = WireName.Parent(rest), first = false)
        {
            ReadOnlySpan<byte> label = WireName.FirstLabel(rest);
            if (!label.Contains((byte)'*') || (first && label.Length == 1)) continue;
            found.Add(new EntryViolation(EntryViolation.WildcardPosition, "/name",
                "an asterisk may only be the whole first label, as in *.example (RFC 4592 2.1.1)"));
            break;
        }

        if (!overrideZone && clusterZone is { } zone && Shadows(name.Span, zone.Span))
            found.Add(new EntryViolation(EntryViolation.ShadowsClusterZone, "/name",
                $"{name} would hide names of the cluster zone {zone}; override=true says that this is meant"));
    }

    /// <summary>A name of the zone, or a wildcard above it that covers all of it.</summary>
    private static bool Shadows(ReadOnlySpan<byte> name, ReadOnlySpan<byte> zone) =>
        WireName.IsAtOrBelow(name, zone)
        || (WireName.FirstLabel(name) is [(byte)'*'] && WireName.IsAtOrBelow(zone, WireName.Parent(name)));

    private static void CheckType(EntryDraft draft, List<EntryViolation> found)
    {
        if (!MayBeStored(draft.Type))
            found.Add(new EntryViolation(EntryViolation.TypeNotAllowed, "/type",
                $"{RecordTypeText.Write(draft.Type)} is a question or belongs to a transport or a signer: it cannot be stored"));
        bool wildcard = WireName.FirstLabel(draft.Name.Span) is [(byte)'*'];
        if (wildcard && draft.Type == RecordType.DNAME)
            found.Add(Invalid("/type", "a wildcard cannot own a DNAME (RFC 4592 4.4)"));
        if (draft.AutoPtr == true && (wildcard || draft.Type is not (RecordType.A or RecordType.AAAA)))
            found.Add(Invalid("/autoPtr", "only A and AAAA records of a name that is no wildcard can have automatic PTR records"));
    }

    /// <summary>
    /// RFC 6895 3.1: 128 to 255 are questions and meta types; signatures and denials (RFC 4034, RFC 5155) only a signer can make.
    /// </summary>
    private static bool MayBeStored(RecordType type) => (ushort)type switch
    {
        0 or 41 or (>= 128 and <= 255) or 65535 => false,
        24 or 30 or 46 or 47 or 50 or 51 => false,
        _ => true,
    };

    private static List<EntryRecord> ReadRecords(EntryDraft draft, List<EntryViolation> found)
    {
        IReadOnlyList<string?> texts = draft.Records ?? [];
        if (texts.Count == 0) found.Add(Invalid("/records", "an entry has at least one record"));
        if (texts.Count > MaxRecords) found.Add(Invalid("/records", $"an entry has at most {MaxRecords} records"));
        var records = new List<EntryRecord>();
        for (int i = 0; i < Math.Min(texts.Count, MaxRecords); i++)
        {
            if (RecordText.TryRead(draft.Type, texts[i], out byte[] data, out string? error))
                records.Add(new EntryRecord(RecordText.Write(draft.Type, data), data));
            else
                found.Add(Invalid($"/records/{i}", texts[i] is null ? "a record cannot be null" : error ?? "the record does not parse"));
        }

        records = [.. records.DistinctBy(r => r.Text).OrderBy(r => r.Data, RecordDataOrder.Instance)];
        if (records.Sum(r => r.Data.Length) > MaxDataSize)
            found.Add(Invalid("/records", $"the records of an entry have at most {MaxDataSize} octets of data together"));
        if (records.Count > 1 && draft.Type is RecordType.CNAME or RecordType.DNAME)
            found.Add(
                Invalid("/records", $"a name has at most one {RecordTypeText.Write(draft.Type)} record (RFC 2181 10.1, RFC 6672 2.4)"));
        return records;
    }

    private static Entry Canonical(EntryDraft draft, IReadOnlyList<EntryRecord> records)
    {
        var entry = new Entry
        {
            Name = draft.Name,
            Type = draft.Type,
            Ttl = (uint)(draft.Ttl ?? DefaultTtl),
            Records = records,
            Enabled = draft.Enabled ?? true,
            Namespaces = [.. (draft.Namespaces ?? []).OfType<string>().Distinct().Order(StringComparer.Ordinal)],
            Comment = string.IsNullOrEmpty(draft.Comment) ? null : draft.Comment,
            Labels = new SortedDictionary<string, string>(
                (draft.Labels ?? new Dictionary<string, string?>()).ToDictionary(l => l.Key, l => l.Value ?? ""), StringComparer.Ordinal),
            ExpiresAt = draft.ExpiresAt is { } at ? EntryTime.Canonical(at) : null,
            PassThrough = draft.PassThrough ?? false,
            Source = draft.Source,
        };
        bool mayPoint = entry.Type is RecordType.A or RecordType.AAAA && !entry.IsWildcard;
        return entry with { AutoPtr = draft.AutoPtr ?? mayPoint };
    }

    /// <summary>What is wrong with an entry whose revision a store has passed already.</summary>
    internal static EntryViolation RevisionTaken(Entry entry, long last) => new(EntryViolation.RevisionTaken, "/revision",
        $"{entry.Name} {RecordTypeText.Write(entry.Type)} has the revision {entry.Revision}, and the store is at {last} already: revisions "
        + "never come back");

    internal static EntryViolation Invalid(string pointer, string detail) => new(EntryViolation.Invalid, pointer, detail);
}
