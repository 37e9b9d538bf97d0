using System.Globalization;
using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Entries;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Entries;

/// <summary>Changes of entries as they happen, and those since a revision (server-sent events, HTML 9.2).</summary>
internal static class EventEndpoints
{
    public const string LastEventId = "Last-Event-ID";

    private const string Path = "/api/v1/entry-events";

    public static void MapEntryEvents(this IEndpointRouteBuilder app) =>
        app.MapGet(Path, FollowAsync).WithTags("Entries")
            .WithName("followEntries").WithSummary("Changes as they happen: server-sent events");

    private static async Task<Results<EventStream, JsonHttpResult<ApiProblem>>> FollowAsync(
        HttpContext context, EntryCatalog catalog, EventRoom room, TimeProvider time)
    {
        if (TryReadRevision(context.Request, out long? asked) is { } error) return ApiProblems.BadRequest(context, "bad-parameter", error);
        long revision = asked ?? catalog.Revision;
        EntryResumption resumed = await catalog.ResumeAsync(revision, context.RequestAborted);
        if (resumed.IsUnreadable) return EntryReplies.Unreadable(context);
        if (resumed.Changes is not { } changes)
            return ApiProblems.Result(context, StatusCodes.Status410Gone, "events-gone", "Events gone",
                "Not every change since then is known any more: list the entries again, and go on from the revision of the list.");
        if (room.TryEnter() is { } place) return new EventStream(changes, revision, place, time, room.Closing);
        context.Response.Headers.RetryAfter = "5";
        return ApiProblems.Result(context, StatusCodes.Status503ServiceUnavailable, "too-many-streams", "Too many streams",
            $"{EventRoom.Places} callers follow the events already.");
    }

    /// <summary>A client that comes back says in the header what it has seen; its first request may say it in the address.</summary>
    private static string? TryReadRevision(HttpRequest request, out long? revision)
    {
        revision = null;
        if (ListRequest.FindUnknown(request, "after") is { } unknown) return unknown;
        string text = request.Headers[LastEventId].ToString() is { Length: > 0 } seen ? seen : request.Query["after"].ToString();
        if (text.Length == 0) return null;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long read))
            return $"{LastEventId} and after are a revision, as an event or a list has it.";
        revision = read;
        return null;
    }
}
