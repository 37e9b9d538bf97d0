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

/// <summary>An entry as a client writes it. Name and type are the path's and may be repeated; what a GET shows beside them is taken back unread.</summary>
internal sealed record EntryBody
{
    public string? Name { get; init; }

    public string? Type { get; init; }

    /// <summary>Seconds, 0 to 2147483647; 60 when left out.</summary>
    public long? Ttl { get; init; }

    /// <summary>RDATA in presentation form, at least one.</summary>
    public IReadOnlyList<string?>? Records { get; init; }

    public bool? Enabled { get; init; }

    public IReadOnlyList<string?>? Namespaces { get; init; }

    public string? Comment { get; init; }

    public IReadOnlyDictionary<string, string?>? Labels { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public bool? PassThrough { get; init; }

    /// <summary>PTR records for the addresses of an A or AAAA entry; yes when left out.</summary>
    public bool? AutoPtr { get; init; }

    /// <summary>Every other member of the body.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }

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
