using System.Globalization;
using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Entries;

/// <summary>What came of a request on entries, as HTTP says it.</summary>
internal static class EntryReplies
{
    public const string Path = "/api/v1/entries";

    public static JsonHttpResult<EntryDocument> Document(HttpContext context, Entry entry, int status, bool dryRun = false)
    {
        if (!dryRun) context.Response.Headers.ETag = Tag(entry.Revision);
        return TypedResults.Json(EntryDocument.Of(entry), ApiJsonContext.Default.EntryDocument, statusCode: status);
    }

    public static JsonHttpResult<EntryDocument> Created(HttpContext context, Entry entry, bool dryRun)
    {
        context.Response.Headers.Location = PathOf(entry);
        return Document(context, entry, StatusCodes.Status201Created, dryRun);
    }

    public static JsonHttpResult<EntryList> List(HttpContext context, EntryPage page, int limit)
    {
        string? cursor = page.Next is { } next ? EntryRequest.Cursor(next) : null;
        ListRequest.LeadOn(context, Path, cursor, limit, EntryRequest.Filters);
        return TypedResults.Json(
            new EntryList([.. page.Entries.Select(EntryDocument.Of)], page.Revision, cursor), ApiJsonContext.Default.EntryList);
    }

    /// <summary>A strong tag (RFC 9110 8.8.3).</summary>
    public static string Tag(long revision) => string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");

    /// <summary>The tag of a collection: within a revision entries can only expire, which their number shows.</summary>
    public static string Tag(EntryPage page) => string.Create(CultureInfo.InvariantCulture, $"\"{page.Revision}-{page.Total}\"");

    public static JsonHttpResult<ApiProblem> NotFound(HttpContext context) =>
        Failure(context, new WriteResult(StoreOutcome.NotFound));

    /// <summary>The problem of a write that did not happen.</summary>
    public static JsonHttpResult<ApiProblem> Failure(HttpContext context, WriteResult result) => Failure(context, WriteFailure.Of(result));

    /// <summary>The problem of a creation that did not happen. Where an entry is in its way, the header says where that is.</summary>
    public static JsonHttpResult<ApiProblem> NotCreated(HttpContext context, WriteResult result)
    {
        if (result is { Outcome: StoreOutcome.PreconditionFailed, Entry: { } there }) context.Response.Headers.Location = PathOf(there);
        return Failure(context, WriteFailure.Of(result, creation: true));
    }

    /// <summary>The problem of a read that needs the disk.</summary>
    public static JsonHttpResult<ApiProblem> Unreadable(HttpContext context) => ApiProblems.Result(
        context, StatusCodes.Status503ServiceUnavailable, "store-unavailable", "Store unavailable", "The store cannot be read now.");

    private static JsonHttpResult<ApiProblem> Failure(HttpContext context, WriteFailure failure) =>
        ApiProblems.Result(context, failure.Status, failure.Type, failure.Title, failure.Detail, failure.Errors);

    private static string PathOf(Entry entry) =>
        $"{Path}/{Uri.EscapeDataString(entry.Name.ToString())}/{RecordTypeText.Write(entry.Type)}";
}
