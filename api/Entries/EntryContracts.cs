using System.Text.Json;
using System.Text.Json.Serialization;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Entries;

/// <summary>An entry as the API shows it, everything in canonical form.</summary>
/// <param name="Ttl">Seconds.</param>
/// <param name="Records">RDATA in presentation form.</param>
/// <param name="Namespaces">The namespaces whose views see it; empty for everybody.</param>
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
internal sealed class EntryBody
{
    public string? Name { get; set; }

    public string? Type { get; set; }

    /// <summary>Seconds, 0 to 2147483647; 60 when left out.</summary>
    public long? Ttl { get; set; }

    /// <summary>RDATA in presentation form, at least one.</summary>
    public IReadOnlyList<string?>? Records { get; set; }

    public bool? Enabled { get; set; }

    public IReadOnlyList<string?>? Namespaces { get; set; }

    public string? Comment { get; set; }

    public IReadOnlyDictionary<string, string?>? Labels { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public bool? PassThrough { get; set; }

    /// <summary>PTR records for the addresses of an A or AAAA entry; yes when left out.</summary>
    public bool? AutoPtr { get; set; }

    /// <summary>Every other member of the body.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }

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
