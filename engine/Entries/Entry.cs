using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>What identifies an entry: there is one RRset of a type at a name (RFC 2181 5).</summary>
public readonly record struct EntryKey(DnsName Name, RecordType Type);

/// <summary>One record of an entry.</summary>
/// <param name="Text">RDATA in canonical presentation form.</param>
/// <param name="Data">RDATA as the wire has it, names uncompressed.</param>
public sealed record EntryRecord(string Text, byte[] Data);

/// <summary>An operator's own RRset, checked by <see cref="EntryRules"/>. Immutable: a change is another entry.</summary>
public sealed record Entry
{
    public required DnsName Name { get; init; }

    public required RecordType Type { get; init; }

    /// <summary>Seconds, 0 to 2147483647 (RFC 2181 8).</summary>
    public required uint Ttl { get; init; }

    /// <summary>At least one, in the order of their RDATA, without duplicates.</summary>
    public required IReadOnlyList<EntryRecord> Records { get; init; }

    /// <summary>A disabled entry is kept, and answers as if it were not there.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The namespaces whose views see it, sorted; empty for everybody.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    public string? Comment { get; init; }

    /// <summary>Free words for scripts, sorted by key.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = EntryDraft.NoLabels;

    /// <summary>From this moment on it is not there; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Types that the name does not have here are the next source's to answer, instead of NODATA.</summary>
    public bool PassThrough { get; init; }

    /// <summary>The addresses of an A or AAAA entry get a PTR record that leads back.</summary>
    public bool AutoPtr { get; init; }

    /// <summary>Who made it: <c>api</c>, or the name of an import.</summary>
    public string Source { get; init; } = "api";

    /// <summary>Changes with every write and never comes back; compare it for equality only. 0 before it is stored.</summary>
    public long Revision { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public EntryKey Key => new(Name, Type);

    /// <summary>True for <c>*.example.</c> (RFC 4592 2.1.1).</summary>
    public bool IsWildcard => WireName.FirstLabel(Name.Span) is [(byte)'*'];

    public bool IsExpired(DateTimeOffset now) => ExpiresAt <= now;

    /// <summary>True when a write of <paramref name="other"/> in this one's place would change nothing.</summary>
    internal bool SameContent(Entry other) =>
        Key == other.Key && Ttl == other.Ttl && Enabled == other.Enabled && Comment == other.Comment && ExpiresAt == other.ExpiresAt
        && PassThrough == other.PassThrough && AutoPtr == other.AutoPtr && Source == other.Source
        && Namespaces.SequenceEqual(other.Namespaces)
        && Labels.OrderBy(l => l.Key, StringComparer.Ordinal).SequenceEqual(other.Labels.OrderBy(l => l.Key, StringComparer.Ordinal))
        && Records.Select(r => r.Text).SequenceEqual(other.Records.Select(r => r.Text));

    /// <summary>True when some view could see both in one answer: both are global, or a namespace is in both.</summary>
    internal bool SharesScope(Entry other) =>
        Namespaces.Count == 0 ? other.Namespaces.Count == 0 : Namespaces.Intersect(other.Namespaces).Any();
}
