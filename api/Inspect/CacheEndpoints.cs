using KubeDoH.Api.Hosting;
using KubeDoH.Engine;
using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Inspect;

using FlushReply = Results<NoContent, JsonHttpResult<ApiProblem>>;

/// <summary>What upstreams answered and is kept: to look at, and to forget.</summary>
internal static class CacheEndpoints
{
    private static readonly string[] Filters = ["name", "suffix"];

    public static void MapCache(this IEndpointRouteBuilder group)
    {
        group.MapMethods("/cache", InspectEndpoints.Reading, List)
            .WithName("listCache").WithSummary("What the cache holds: name, suffix, limit");
        group.MapDelete("/cache", FlushAll).WithName("flushCache").WithSummary("Forgets everything");
        group.MapDelete("/cache/{name}", FlushName).WithName("flushCachedName").WithSummary("Forgets a name");
        group.MapDelete("/cache/{name}/{type}", FlushType).WithName("flushCachedType").WithSummary("Forgets one type of a name");
    }

    private static Results<JsonHttpResult<CacheList>, JsonHttpResult<ApiProblem>> List(HttpContext context, EngineServices engine)
    {
        DnsName? name = null, suffix = null;
        int limit = 0;
        string? error = ListRequest.FindUnknown(context.Request, [.. Filters, "limit"])
            ?? ListRequest.TryReadNames(context.Request, out name, out suffix)
            ?? ListRequest.TryReadLimit(context.Request, out limit);
        if (error is not null) return ApiProblems.BadRequest(context, "bad-parameter", error);
        bool apart = name is { } one && suffix is { } above && !WireName.IsAtOrBelow(one.Span, above.Span);
        IReadOnlyList<CachedAnswer> found = apart ? [] : engine.Cache.List(name ?? suffix ?? DnsName.Root, below: name is null, limit + 1);
        return TypedResults.Json(
            new CacheList(
                [.. found.Take(limit).Select(CachedDocument.Of)], found.Count > limit, CacheTotalsDocument.Of(engine.Cache.Totals)),
            ApiJsonContext.Default.CacheList);
    }

    private static FlushReply FlushAll(HttpContext context, EngineServices engine) =>
        Flush(context, engine, DnsName.Root, below: true, type: null);

    private static FlushReply FlushName(HttpContext context, string name, EngineServices engine) =>
        ListRequest.TryReadName(context.Request, name, out DnsName owner) is { } error
            ? ApiProblems.BadRequest(context, "bad-name", error)
            : Flush(context, engine, owner, below: false, type: null);

    // As for entries, ANY stands for all types. No summary here: the document would show it in the stead of the route's own.
    private static FlushReply FlushType(HttpContext context, string name, string type, EngineServices engine)
    {
        RecordType asked = default;
        return (ListRequest.TryReadName(context.Request, name, out DnsName owner) ?? ListRequest.TryReadType(type, out asked)) is { } error
            ? ApiProblems.BadRequest(context, "bad-name", error)
            : Flush(context, engine, owner, below: false, asked == RecordType.ANY ? null : asked);
    }

    private static FlushReply Flush(HttpContext context, EngineServices engine, DnsName name, bool below, RecordType? type)
    {
        if (ListRequest.FindUnknown(context.Request) is { } unknown) return ApiProblems.BadRequest(context, "bad-parameter", unknown);
        engine.Cache.Flush(name, below, type);
        return TypedResults.NoContent();
    }
}
