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
        context.Response.Headers.Location =
            $"{Path}/{Uri.EscapeDataString(entry.Name.ToString())}/{RecordTypeText.Write(entry.Type)}";
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
        ApiProblems.Result(context, StatusCodes.Status404NotFound, "no-such-entry", "No such entry",
            "There is no entry of this name and type.");

    /// <summary>The problem of a write that did not happen.</summary>
    public static JsonHttpResult<ApiProblem> Failure(HttpContext context, WriteResult result) => result.Outcome switch
    {
        StoreOutcome.NotFound => NotFound(context),
        StoreOutcome.PreconditionFailed => ApiProblems.Result(context, StatusCodes.Status412PreconditionFailed, "precondition-failed",
            "Precondition failed", result.Entry is { } there
                ? $"The entry that is there has the tag {Tag(there.Revision)}."
                : "There is no such entry."),
        StoreOutcome.Refused => Refusal(context, result.Violations ?? []),
        StoreOutcome.OutOfBounds => ApiProblems.Result(context, StatusCodes.Status403Forbidden, "out-of-bounds", "Forbidden",
            "The credential is for entries of other names or namespaces; nothing was changed."),
        StoreOutcome.Full => ApiProblems.Result(context, StatusCodes.Status507InsufficientStorage, "store-full", "Disk full",
            "The disk of the store is full; nothing was changed."),
        _ => ApiProblems.Result(context, StatusCodes.Status503ServiceUnavailable, "store-unavailable", "Store unavailable",
            "The store cannot be written now; nothing was changed."),
    };

    /// <summary>
    /// All violations at once: 422 when a value is wrong, 409 under the first one's name when only something else is in the way.
    /// </summary>
    private static JsonHttpResult<ApiProblem> Refusal(HttpContext context, IReadOnlyList<EntryViolation> violations)
    {
        EntryViolation first = violations.FirstOrDefault(v => !v.IsConflict) ?? violations[0];
        int status = first.IsConflict ? StatusCodes.Status409Conflict : StatusCodes.Status422UnprocessableEntity;
        string title = first.IsConflict ? "Conflict" : "Invalid entry";
        return ApiProblems.Result(context, status, first.Code, title, $"{first.Pointer}: {first.Detail}.",
            [.. violations.Select(v => new ApiProblemError(v.Pointer, v.Detail))]);
    }
}
