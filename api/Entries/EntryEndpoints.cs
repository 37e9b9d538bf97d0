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
    public static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>What the endpoints of entries need beside the engine.</summary>
    public static IServiceCollection AddEntries(this IServiceCollection services, ManagementOptions management) =>
        services.AddSingleton(management).AddSingleton<EventRoom>();

    public static RouteGroupBuilder MapEntries(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup(EntryReplies.Path).WithTags("Entries");
        group.MapMethods("", Reading, List).WithName("listEntries")
            .WithSummary("Lists entries: by name, type, label, source, text and more");
        group.MapPost("", CreateAsync).WithName("createEntry").WithSummary("Creates an entry");
        group.MapMethods("/{name}", Reading, ListAtName).WithName("listEntriesAtName").WithSummary("All entries at a name");
        group.MapMethods("/{name}/{type}", Reading, Get).WithName("getEntry").WithSummary("One entry");
        group.MapPut("/{name}/{type}", PutAsync).WithName("putEntry").WithSummary("Creates or replaces an entry")
            .Accepts<EntryBody>(EntryBodyReader.MediaType);
        group.MapPatch("/{name}/{type}", PatchAsync).WithName("patchEntry").WithSummary("Changes some of an entry");
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
        if (ListRequest.TryReadName(context.Request, name, out DnsName owner) is { } error)
            return ApiProblems.BadRequest(context, "bad-name", error);
        EntryPage page = catalog.List(new EntryFilter { Name = owner });
        return page.Entries.Count == 0 ? EntryReplies.NotFound(context) : Page(context, page, ListRequest.MaxLimit);
    }

    private static EntryReply Get(HttpContext context, string name, string type, EntryCatalog catalog)
    {
        if (EntryRequest.TryReadKey(context.Request, name, type, out EntryKey key) is { } error)
            return ApiProblems.BadRequest(context, "bad-name", error);
        if (catalog.Find(key) is not { } entry) return EntryReplies.NotFound(context);
        if (!EntryRequest.HasIt(context.Request, EntryReplies.Tag(entry.Revision)))
            return EntryReplies.Document(context, entry, StatusCodes.Status200OK);
        context.Response.Headers.ETag = EntryReplies.Tag(entry.Revision);
        return TypedResults.StatusCode(StatusCodes.Status304NotModified);
    }

    private static async Task<EntryReply> CreateAsync(HttpContext context, EntryCatalog catalog)
    {
        if (WriteRequest.TryRead(context, out WriteOptions options) is { } refused) return refused;
        (EntryOperation? creation, JsonHttpResult<ApiProblem>? problem) = await EntryBodyReader.ReadCreationAsync(context);
        if (creation is null) return problem!;
        WriteResult result = (await catalog.WriteAllAsync([creation], options, context.RequestAborted)).Writes[0];
        return result.Succeeded
            ? EntryReplies.Created(context, result.Entry!, options.DryRun)
            : EntryReplies.NotCreated(context, result);
    }

    private static async Task<EntryReply> PutAsync(HttpContext context, string name, string type, EntryCatalog catalog)
    {
        if (WriteRequest.TryRead(
            context, name, type, out EntryKey key, out EntryCondition condition, out WriteOptions options) is { } refused)
            return refused;
        (EntryDraft? draft, JsonHttpResult<ApiProblem>? problem) = await EntryBodyReader.ReadAsync(context, key);
        if (draft is null) return problem!;
        WriteResult result = await catalog.PutAsync(draft, condition, options, context.RequestAborted);
        return result.Outcome == StoreOutcome.Created
            ? EntryReplies.Created(context, result.Entry!, options.DryRun)
            : Written(context, result, options);
    }

    private static async Task<EntryReply> PatchAsync(HttpContext context, string name, string type, EntryCatalog catalog)
    {
        if (WriteRequest.TryRead(
            context, name, type, out EntryKey key, out EntryCondition condition, out WriteOptions options) is { } refused)
            return refused;
        (EntryPatch? patch, JsonHttpResult<ApiProblem>? problem) = await EntryBodyReader.ReadPatchAsync(context, key);
        if (patch is null) return problem!;
        WriteResult result = await catalog.ChangeAsync(key, patch.Apply, condition, options, context.RequestAborted);
        return Written(context, result, options);
    }

    private static Task<DeleteReply> DeleteAsync(HttpContext context, string name, string type, EntryCatalog catalog) =>
        DeleteKeyAsync(context, name, type, catalog);

    // As in RFC 2136 2.5.3, ANY stands for all types. No summary here: the document would show it in the stead of the route's own.
    private static Task<DeleteReply> DeleteAtNameAsync(HttpContext context, string name, EntryCatalog catalog) =>
        DeleteKeyAsync(context, name, "ANY", catalog);

    private static async Task<DeleteReply> DeleteKeyAsync(HttpContext context, string name, string type, EntryCatalog catalog)
    {
        if (WriteRequest.TryRead(
            context, name, type, out EntryKey key, out EntryCondition condition, out WriteOptions options) is { } refused)
            return refused;
        if (key.Type == RecordType.ANY && condition != EntryCondition.None)
            return ApiProblems.BadRequest(context, "bad-precondition",
                "A condition is about one entry: delete the types of the name one by one.");
        WriteResult result = await catalog.DeleteAsync(key, condition, options, context.RequestAborted);
        return result.Succeeded ? TypedResults.NoContent() : EntryReplies.Failure(context, result);
    }

    private static EntryReply Written(HttpContext context, WriteResult result, WriteOptions options) => result.Succeeded
        ? EntryReplies.Document(context, result.Entry!, StatusCodes.Status200OK, options.DryRun)
        : EntryReplies.Failure(context, result);

    private static ListReply Page(HttpContext context, EntryPage page, int limit)
    {
        string tag = EntryReplies.Tag(page);
        context.Response.Headers.ETag = tag;
        if (EntryRequest.HasIt(context.Request, tag)) return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        return EntryReplies.List(context, page, limit);
    }
}
