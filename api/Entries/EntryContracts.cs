using System.Text.Json;
using System.Text.Json.Serialization;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Entries;

/// <summary>An entry as the API shows it, everything in canonical form.</summary>
/// <param name="Name">The owner name, lower-case, with its last dot.</param>
/// <param name="Type">The mnemonic of the type, or TYPE and a number (RFC 3597 5).</param>
/// <param name="Ttl">Seconds.</param>
/// <param name="Records">RDATA in presentation form.</param>
/// <param name="Enabled">A disabled entry answers nothing.</param>
/// <param name="Namespaces">The namespaces whose views see it; empty for everybody.</param>
/// <param name="Comment">For people.</param>
/// <param name="Labels">For programs: words of one's own.</param>
/// <param name="ExpiresAt">From then on it answers nothing.</param>
/// <param name="PassThrough">Other types of the name are the next source's to answer.</param>
/// <param name="AutoPtr">The addresses of an A or AAAA entry lead back to its name.</param>
/// <param name="Source">Who wrote it.</param>
/// <param name="Revision">Grows with every write to the store; the entry's tag.</param>
internal sealed record EntryDocument(
    string Name,
    string Type,
    uint Ttl,
    IReadOnlyList<string> Records,
    bool Enabled,
    IReadOnlyList<string> Namespaces,
    string? Comment,
    IReadOnlyDictionary<string, string> Labels,
    DateTimeOffset? ExpiresAt,
    bool PassThrough,
    bool AutoPtr,
    string Source,
    long Revision,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public static EntryDocument Of(Entry entry) => new(
        entry.Name.ToString(), RecordTypeText.Write(entry.Type), entry.Ttl, [.. entry.Records.Select(r => r.Text)], entry.Enabled,
        entry.Namespaces, entry.Comment, entry.Labels, entry.ExpiresAt, entry.PassThrough, entry.AutoPtr, entry.Source, entry.Revision,
        entry.CreatedAt, entry.UpdatedAt);
}

/// <summary>A page of entries in canonical name order.</summary>
/// <param name="Revision">The store's revision that it shows.</param>
/// <param name="Next">The cursor of the next page, which <c>Link</c> has too; absent on the last.</param>
internal sealed record EntryList(IReadOnlyList<EntryDocument> Entries, long Revision, string? Next);

/// <summary>
/// An entry as a client writes it. Name and type are the path's and may be repeated; what a GET shows beside them is taken back
/// unread.
/// </summary>
internal class EntryBody
{
    public string? Name { get; set; }

    public string? Type { get; set; }

    /// <summary>Seconds, 0 to 2147483647; 60 when left out.</summary>
    public long? Ttl { get; set; }

    /// <summary>RDATA in presentation form, at least one.</summary>
    public IReadOnlyList<string?>? Records { get; set; }

    /// <summary>A disabled entry answers nothing; yes when left out.</summary>
    public bool? Enabled { get; set; }

    /// <summary>The namespaces whose views see it; empty for everybody.</summary>
    public IReadOnlyList<string?>? Namespaces { get; set; }

    /// <summary>For people.</summary>
    public string? Comment { get; set; }

    /// <summary>For programs: words of one's own.</summary>
    public IReadOnlyDictionary<string, string?>? Labels { get; set; }

    /// <summary>From then on it answers nothing; never when left out.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>Other types of the name are the next source's to answer; no when left out.</summary>
    public bool? PassThrough { get; set; }

    /// <summary>PTR records for the addresses of an A or AAAA entry; yes when left out.</summary>
    public bool? AutoPtr { get; set; }

    /// <summary>Every other member of the body.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }

    /// <summary>What a client may write of an entry, as one that is there has it.</summary>
    public static EntryBody Of(Entry entry) => new()
    {
        Ttl = entry.Ttl,
        Records = [.. entry.Records.Select(record => record.Text)],
        Enabled = entry.Enabled,
        Namespaces = entry.Namespaces,
        Comment = entry.Comment,
        Labels = entry.Labels.ToDictionary(label => label.Key, string? (label) => label.Value),
        ExpiresAt = entry.ExpiresAt,
        PassThrough = entry.PassThrough,
        AutoPtr = entry.AutoPtr,
    };

    /// <summary>The name and the type that the body has itself; a part with a fault holds nothing.</summary>
    public EntryKey ReadKey(out IReadOnlyList<EntryViolation> faults, RecordType? otherwise = null)
    {
        DnsName name = default;
        RecordType type = otherwise ?? default;
        string? badName = Name is null ? "the name is missing" : DnsName.TryParse(Name, out name, out string? why) ? null : why;
        bool hasType = Type is null ? otherwise is not null : RecordTypeText.TryRead(Type, out type);
        string badType = Type is null ? "the type is missing" : $"'{Type}' is not a record type";
        faults =
        [
            .. badName is null ? [] : new[] { new EntryViolation(EntryViolation.Invalid, "/name", badName) },
            .. hasType ? [] : new[] { new EntryViolation(EntryViolation.Invalid, "/type", badType) },
        ];
        return new EntryKey(name, hasType ? type : default);
    }

    public EntryDraft ToDraft(EntryKey key) => new(key.Name, key.Type)
    {
        Ttl = Ttl,
        Records = Records,
        Enabled = Enabled,
        Namespaces = Namespaces,
        Comment = Comment,
        Labels = Labels,
        ExpiresAt = ExpiresAt,
        PassThrough = PassThrough,
        AutoPtr = AutoPtr,
    };
}
