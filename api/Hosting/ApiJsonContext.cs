using System.Text.Json.Serialization;
using KubeDoH.Api.Compare;
using KubeDoH.Api.Entries;
using KubeDoH.Api.Entries.Transfer;
using KubeDoH.Api.Inspect;
using KubeDoH.Api.Queries;

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
[JsonSerializable(typeof(BatchBody))]
[JsonSerializable(typeof(BatchReply))]
[JsonSerializable(typeof(ChangeDocument))]
[JsonSerializable(typeof(HistoryList))]
[JsonSerializable(typeof(EntryItem))]
[JsonSerializable(typeof(ImportReport))]
[JsonSerializable(typeof(SourceList))]
[JsonSerializable(typeof(RecordList))]
[JsonSerializable(typeof(UpstreamList))]
[JsonSerializable(typeof(ExplainDocument))]
[JsonSerializable(typeof(CompareDocument))]
[JsonSerializable(typeof(CompareReport))]
[JsonSerializable(typeof(CompareBody))]
[JsonSerializable(typeof(CacheList))]
[JsonSerializable(typeof(ConfigDocument))]
[JsonSerializable(typeof(AskedDocument))]
[JsonSerializable(typeof(QuerySummaryDocument))]
[JsonSerializable(typeof(Readiness))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;
