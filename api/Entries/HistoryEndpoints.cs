using System.Globalization;
using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Entries;

/// <summary>What was changed, by whom, when and from where: kept with the entries.</summary>
internal static class HistoryEndpoints
{
    private const string Path = "/api/v1/entry-history";

    private static readonly string[] Filters = ["name", "type", "by", "since", "until"];

    public static void MapEntryHistory(this IEndpointRouteBuilder app) =>
        app.MapMethods(Path, EntryEndpoints.Reading, ListAsync).WithTags("Entries").WithName("listEntryHistory")
            .WithSummary("Who changed what, and when: the latest first");

    private static async Task<Results<JsonHttpResult<HistoryList>, JsonHttpResult<ApiProblem>>> ListAsync(
        HttpContext context, EntryCatalog catalog)
    {
        if (TryReadFilter(context.Request, out EntryHistoryFilter filter) is { } error)
            return ApiProblems.BadRequest(context, "bad-parameter", error);
        if (await catalog.ReadHistoryAsync(filter, context.RequestAborted) is not { } page) return EntryReplies.Unreadable(context);
        string? cursor = page.Next?.ToString(CultureInfo.InvariantCulture);
        ListRequest.LeadOn(context, Path, cursor, filter.Limit, Filters);
        return TypedResults.Json(
            new HistoryList([.. page.Items.Select(ChangeDocument.Of)], cursor), ApiJsonContext.Default.HistoryList);
    }

    private static string? TryReadFilter(HttpRequest request, out EntryHistoryFilter filter)
    {
        filter = new EntryHistoryFilter();
        DnsName? name = null;
        RecordType? type = null;
        DateTimeOffset? since = null, until = null;
        long? before = null;
        int limit = 0;
        string? error = ListRequest.FindUnknown(request, [.. Filters, "limit", "cursor"])
            ?? ListRequest.TryReadNames(request, out name, out _)
            ?? ListRequest.TryReadType(request, out type)
            ?? TryReadMoment(request, "since", out since)
            ?? TryReadMoment(request, "until", out until)
            ?? ListRequest.TryReadLimit(request, out limit)
            ?? TryReadCursor(request, out before);
        if (error is not null) return error;
        string? author = request.Query["by"].ToString() is { Length: > 0 } by ? by : null;
        filter = new EntryHistoryFilter
        {
            Name = name, Type = type, Author = author, Since = since, Until = until, Before = before, Limit = limit,
        };
        return null;
    }

    private static string? TryReadMoment(HttpRequest request, string parameter, out DateTimeOffset? moment)
    {
        moment = null;
        if (request.Query[parameter].ToString() is not { Length: > 0 } text) return null;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset read))
            return $"{parameter} must be a moment such as 2026-11-23T09:00:00Z.";
        moment = read;
        return null;
    }

    private static string? TryReadCursor(HttpRequest request, out long? before)
    {
        before = null;
        if (request.Query["cursor"].ToString() is not { Length: > 0 } cursor) return null;
        if (!long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out long id))
            return "The cursor is none that a list has given.";
        before = id;
        return null;
    }
}
