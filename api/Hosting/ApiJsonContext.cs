using System.Text.Json.Serialization;
using KubeDoH.Api.Entries;

namespace KubeDoH.Api.Hosting;

/// <summary>Every JSON type of the API, read and written without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ApiProblem))]
[JsonSerializable(typeof(EntryDocument))]
[JsonSerializable(typeof(EntryList))]
[JsonSerializable(typeof(EntryBody))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;
