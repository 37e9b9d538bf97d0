using System.Globalization;
using KubeDoH.Api.Doh;
using KubeDoH.Api.Hosting;
using KubeDoH.Api.Inspect;
using KubeDoH.Engine.Resolution;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Queries;

/// <summary>What is asked: as it happens (server-sent events, HTML 9.2), and summed up.</summary>
internal static class QueriesEndpoints
{
    public const int MaxLimit = 32, DefaultLimit = 10, DefaultMinutes = 5;

    public static void MapQueries(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup($"{InspectEndpoints.Path}/queries").WithTags("Inspection");
        group.MapGet("", Follow).WithName("followQueries")
            .WithSummary("Questions as they are answered: server-sent events; suffix, namespace, rcode, source, slower");
        group.MapMethods("/summary", InspectEndpoints.Reading, Summarize).WithName("getQuerySummary")
            .WithSummary("The names asked most, those that do not exist, the slowest: minutes, limit");
    }

    private static Results<QueryStream, JsonHttpResult<ApiProblem>> Follow(
        HttpContext context, QueryWatch watch, TimeProvider time, IHostApplicationLifetime lifetime)
    {
        if (!watch.Options.Enabled) return Off(context, "Queries:Enabled is false: names are private here.");
        if (QueryFilter.TryRead(context.Request, QueryMeters.Sources, out QueryFilter filter) is { } error)
            return ApiProblems.BadRequest(context, "bad-parameter", error);
        if (watch.TryListen(filter) is { } listener) return new QueryStream(watch, listener, time, lifetime.ApplicationStopping);
        context.Response.Headers.RetryAfter = "5";
        return ApiProblems.Result(context, StatusCodes.Status503ServiceUnavailable, "too-many-streams", "Too many streams",
            $"{QueryWatch.Places} callers follow the questions already.");
    }

    private static Results<JsonHttpResult<QuerySummaryDocument>, JsonHttpResult<ApiProblem>> Summarize(
        HttpContext context, QueryWatch watch)
    {
        if (!watch.Options.Enabled) return Off(context, "Queries:Enabled is false: names are private here.");
        if (watch.Summary is not { } summary) return Off(context, "Queries:Summary is false: names are not counted.");
        int minutes = 0, limit = 0;
        if ((ListRequest.FindUnknown(context.Request, "minutes", "limit")
            ?? TryReadNumber(context.Request, "minutes", QuerySummary.Minutes, DefaultMinutes, out minutes)
            ?? TryReadNumber(context.Request, "limit", MaxLimit, DefaultLimit, out limit)) is { } error)
            return ApiProblems.BadRequest(context, "bad-parameter", error);
        context.Response.Headers.CacheControl = DohReply.NoStore;
        return TypedResults.Json(QuerySummaryDocument.Of(summary.Read(minutes), limit), ApiJsonContext.Default.QuerySummaryDocument);
    }

    private static string? TryReadNumber(HttpRequest request, string parameter, int most, int otherwise, out int value)
    {
        value = otherwise;
        if (request.Query[parameter].ToString() is not { Length: > 0 } text) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= 1 && value <= most
            ? null
            : $"{parameter} must lie between 1 and {most}.";
    }

    private static JsonHttpResult<ApiProblem> Off(HttpContext context, string detail) =>
        ApiProblems.Result(context, StatusCodes.Status404NotFound, "queries-off", "What is asked is not shown here", detail);
}
