using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Entries;

using ListReply = Results<JsonHttpResult<EntryList>, StatusCodeHttpResult, JsonHttpResult<ApiProblem>>;
using EntryReply = Results<JsonHttpResult<EntryDocument>, StatusCodeHttpResult, JsonHttpResult<ApiProblem>>;
using DeleteReply = Results<NoContent, JsonHttpResult<ApiProblem>>;

/// <summary>The operator's own names: one resource for each RRset, addressed by name and type.</summary>
internal static class EntryEndpoints
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static RouteGroupBuilder MapEntries(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup(EntryReplies.Path).WithTags("Entries");
        group.MapMethods("", Reading, List).WithName("listEntries").WithSummary("Lists entries: name, suffix, type, q, limit, cursor");
        group.MapMethods("/{name}", Reading, ListAtName).WithName("listEntriesAtName").WithSummary("All entries at a name");
        group.MapMethods("/{name}/{type}", Reading, Get).WithName("getEntry").WithSummary("One entry");
        group.MapPut("/{name}/{type}", PutAsync).WithName("putEntry").WithSummary("Creates or replaces an entry")
            .Accepts<EntryBody>("application/json");
        group.MapDelete("/{name}/{type}", DeleteAsync).WithName("deleteEntry").WithSummary("Deletes an entry");
        group.MapDelete("/{name}", DeleteAtNameAsync).WithName("deleteEntriesAtName").WithSummary("Deletes all entries at a name");
        return group;
    }

    private static ListReply List(HttpContext context, EntryCatalog catalog)
    {
        if (EntryRequest.TryReadFilter(context.Request, out EntryFilter filter) is { } error)
            return ApiProblems.BadRequest(context, "bad-parameter", error);
        return Page(context, catalog.List(filter), filter.Limit);
    }

    private static ListReply ListAtName(HttpContext context, string name, EntryCatalog catalog)
    {
        if (ListRequest.TryReadName(name, out DnsName owner) is { } error) return ApiProblems.BadRequest(context, "bad-name", error);
        EntryPage page = catalog.List(new EntryFilter { Name = owner });
        return page.Entries.Count == 0 ? EntryReplies.NotFound(context) : Page(context, page, ListRequest.MaxLimit);
    }

    private static EntryReply Get(HttpContext context, string name, string type, EntryCatalog catalog)
    {
        if (EntryRequest.TryReadKey(name, type, out EntryKey key) is { } error) return ApiProblems.BadRequest(context, "bad-name", error);
        if (catalog.Find(key) is not { } entry) return EntryReplies.NotFound(context);
        if (!EntryRequest.HasIt(context.Request, EntryReplies.Tag(entry.Revision)))
            return EntryReplies.Document(context, entry, StatusCodes.Status200OK);
        context.Response.Headers.ETag = EntryReplies.Tag(entry.Revision);
        return TypedResults.StatusCode(StatusCodes.Status304NotModified);
    }

    private static async Task<EntryReply> PutAsync(HttpContext context, string name, string type, EntryCatalog catalog)
    {
        if (TryReadWrite(context, name, type, out EntryKey key, out EntryCondition condition, out WriteOptions options) is { } refused)
            return refused;
        (EntryDraft? draft, JsonHttpResult<ApiProblem>? problem) = await EntryBodyReader.ReadAsync(context, key);
        if (draft is null) return problem!;
        WriteResult result = await catalog.PutAsync(draft, condition, options, context.RequestAborted);
        if (!result.Succeeded) return EntryReplies.Failure(context, result);
        return result.Outcome == StoreOutcome.Created
            ? EntryReplies.Created(context, result.Entry!, options.DryRun)
            : EntryReplies.Document(context, result.Entry!, StatusCodes.Status200OK, options.DryRun);
    }

    private static Task<DeleteReply> DeleteAsync(HttpContext context, string name, string type, EntryCatalog catalog) =>
        DeleteKeyAsync(context, name, type, catalog);

    // As in RFC 2136 2.5.3, ANY stands for all types. No summary here: the document would show it in the stead of the route's own.
    private static Task<DeleteReply> DeleteAtNameAsync(HttpContext context, string name, EntryCatalog catalog) =>
        DeleteKeyAsync(context, name, "ANY", catalog);

    private static async Task<DeleteReply> DeleteKeyAsync(HttpContext context, string name, string type, EntryCatalog catalog)
    {
        if (TryReadWrite(context, name, type, out EntryKey key, out EntryCondition condition, out WriteOptions options) is { } refused)
            return refused;
        if (key.Type == RecordType.ANY && condition != EntryCondition.None)
            return ApiProblems.BadRequest(context, "bad-precondition",
                "A condition is about one entry: delete the types of the name one by one.");
        WriteResult result = await catalog.DeleteAsync(key, condition, options, context.RequestAborted);
        return result.Succeeded ? TypedResults.NoContent() : EntryReplies.Failure(context, result);
    }

    /// <summary>What every write says beside its body; the problem when that cannot be read.</summary>
    private static JsonHttpResult<ApiProblem>? TryReadWrite(
        HttpContext context, string name, string type, out EntryKey key, out EntryCondition condition, out WriteOptions options)
    {
        condition = EntryCondition.None;
        options = default;
        if (EntryRequest.TryReadKey(name, type, out key) is { } badKey) return ApiProblems.BadRequest(context, "bad-name", badKey);
        if (EntryRequest.TryReadCondition(context.Request, out condition) is { } badCondition)
            return ApiProblems.BadRequest(context, "bad-precondition", badCondition);
        if (EntryRequest.TryReadOptions(context.Request, out options) is { } badOption)
            return ApiProblems.BadRequest(context, "bad-parameter", badOption);
        if (options.DryRun) context.Response.Headers["X-Dry-Run"] = "true";
        return null;
    }

    private static ListReply Page(HttpContext context, EntryPage page, int limit)
    {
        string tag = EntryReplies.Tag(page);
        context.Response.Headers.ETag = tag;
        if (EntryRequest.HasIt(context.Request, tag)) return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        return EntryReplies.List(context, page, limit);
    }
}
