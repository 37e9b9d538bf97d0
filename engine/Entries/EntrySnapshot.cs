using System.Text.Json;
using System.Text.Json.Serialization;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>An entry without its key as JSON in the history's columns: moments are Unix milliseconds.</summary>
internal sealed record EntrySnapshot(
    uint Ttl, List<string> Records, bool Enabled, List<string> Namespaces, string? Comment, SortedDictionary<string, string> Labels,
    long? ExpiresAt, bool PassThrough, bool AutoPtr, string Source, long Revision, long CreatedAt, long UpdatedAt)
{
    public static string? Write(Entry? entry) =>
        entry is null ? null : JsonSerializer.Serialize(Of(entry), EntryJson.Default.EntrySnapshot);

    /// <param name="where">The place of the text, for the exception.</param>
    /// <exception cref="InvalidDataException">No entry was ever written so.</exception>
    public static Entry Read(EntryKey key, string json, string where)
    {
        try
        {
            return JsonSerializer.Deserialize(json, EntryJson.Default.EntrySnapshot)?.ToEntry(key)
                ?? throw new InvalidDataException($"The entry in {where} is null.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The entry in {where} cannot be read.", e);
        }
    }

    private static EntrySnapshot Of(Entry entry) => new(
        entry.Ttl, [.. entry.Records.Select(r => r.Text)], entry.Enabled, [.. entry.Namespaces], entry.Comment,
        new SortedDictionary<string, string>(entry.Labels.ToDictionary(), StringComparer.Ordinal),
        entry.ExpiresAt?.ToUnixTimeMilliseconds(), entry.PassThrough, entry.AutoPtr, entry.Source, entry.Revision,
        entry.CreatedAt.ToUnixTimeMilliseconds(), entry.UpdatedAt.ToUnixTimeMilliseconds());

    private Entry ToEntry(EntryKey key) => new()
    {
        Name = key.Name,
        Type = key.Type,
        Ttl = Ttl,
        Records = [.. Records.Select(text => new EntryRecord(text, Data(key.Type, text)))],
        Enabled = Enabled,
        Namespaces = Namespaces,
        Comment = Comment,
        Labels = Labels,
        ExpiresAt = ExpiresAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null,
        PassThrough = PassThrough,
        AutoPtr = AutoPtr,
        Source = Source,
        Revision = Revision,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(CreatedAt),
        UpdatedAt = DateTimeOffset.FromUnixTimeMilliseconds(UpdatedAt),
    };

    private static byte[] Data(RecordType type, string text) =>
        RecordText.TryRead(type, text, out byte[] data, out string? error) ? data : throw new InvalidDataException($"'{text}': {error}");
}

/// <summary>The JSON in the columns of an entry's row and of its history.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(List<string>))]
[JsonSerializable(typeof(SortedDictionary<string, string>))]
[JsonSerializable(typeof(EntrySnapshot))]
internal sealed partial class EntryJson : JsonSerializerContext;
