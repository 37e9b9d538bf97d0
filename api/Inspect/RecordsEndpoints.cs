using KubeDoH.Api.Hosting;
using KubeDoH.Engine;
using KubeDoH.Engine.Resolution.Listing;
using KubeDoH.Engine.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Inspect;

/// <summary>What each source would answer, to be looked through.</summary>
internal static class RecordsEndpoints
{
    private const string Path = InspectEndpoints.Path + "/records";

    public static void MapRecords(this IEndpointRouteBuilder group) => group.MapMethods("/records", InspectEndpoints.Reading, List)
        .WithName("listRecords").WithSummary("What each source would answer: source, namespace, name, suffix, type, q, limit, cursor");

    private static Results<JsonHttpResult<RecordList>, JsonHttpResult<ApiProblem>> List(HttpContext context, EngineServices engine)
    {
        if (RecordRequest.TryReadFilter(context.Request, engine.Order, out RecordFilter filter) is { } error)
            return ApiProblems.BadRequest(context, "bad-parameter", error);
        RecordPage page = engine.Records.List(filter);
        string? cursor = page.Next is { } next ? RecordRequest.Cursor(next) : null;
        ListRequest.LeadOn(context, Path, cursor, filter.Limit, RecordRequest.Filters);
        return TypedResults.Json(new RecordList([.. page.RRsets.Select(RecordDocument.Of)], cursor), ApiJsonContext.Default.RecordList);
    }
}

/// <summary>A page of RRsets in canonical order of names.</summary>
/// <param name="Next">
/// The cursor of the next page, which <c>Link</c> has too; absent on the last. A page may be short and have a next one.
/// </param>
internal sealed record RecordList(IReadOnlyList<RecordDocument> Rrsets, string? Next);

/// <summary>An RRset that a source would answer with.</summary>
/// <param name="Name">The owner name, lower-case, with its last dot.</param>
/// <param name="Type">The mnemonic of the type, or TYPE and a number (RFC 3597 5).</param>
/// <param name="Ttl">Seconds.</param>
/// <param name="Records">RDATA in presentation form.</param>
/// <param name="Source">The source's name in the order. An earlier source that has the name answers in its stead.</param>
/// <param name="Namespaces">The namespaces whose views see it; empty for everybody.</param>
/// <param name="Origins">What it was made from: objects of the cluster, entries, lines of files.</param>
internal sealed record RecordDocument(
    string Name,
    string Type,
    uint Ttl,
    IReadOnlyList<string> Records,
    string Source,
    IReadOnlyList<string> Namespaces,
    IReadOnlyList<OriginDocument> Origins)
{
    public static RecordDocument Of(ListedRRset rrset) => new(
        rrset.Name.ToString(), RecordTypeText.Write(rrset.Type), rrset.Ttl,
        [.. rrset.Data.Select(data => RecordText.Write(rrset.Type, data))],
        rrset.Source, rrset.Namespaces, [.. rrset.Origins.Select(OriginDocument.Of)]);
}

/// <summary>What a record was made from.</summary>
/// <param name="Kind">
/// Service, Pod, Namespace, Entry or HostsFile; in an explanation HostAlias, SpecialZone, ForwardRule and PodServers too.
/// </param>
/// <param name="Namespace">The object's.</param>
/// <param name="Name">The object's, or the entry's; of a rule its suffix, of a pod's servers their addresses.</param>
/// <param name="Type">The entry's.</param>
/// <param name="Revision">The entry's.</param>
/// <param name="File">The path of a hosts file.</param>
/// <param name="Line">The line of the file, from 1.</param>
internal sealed record OriginDocument(string Kind, string? Namespace, string? Name, string? Type, long? Revision, string? File, int? Line)
{
    public static OriginDocument Of(RecordOrigin origin) => new(
        origin.Kind, origin.Namespace, origin.Name,
        origin.Type is { } type ? RecordTypeText.Write(type) : null, origin.Revision, origin.File,
        origin.Line);
}
