using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Entries;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Entries.Transfer;

using ImportReply = Results<JsonHttpResult<ImportReport>, JsonHttpResult<ApiProblem>>;

/// <summary>Many entries at once, in and out.</summary>
internal static class TransferEndpoints
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void MapTransfers(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/api/v1").WithTags("Entries");
        group.MapPost("/entry-imports", ImportAsync).WithName("importEntries").WithSummary("Brings in a hosts file, a zone file or JSON");
        group.MapMethods("/entry-exports", Reading, ExportAsync)
            .WithName("exportEntries").WithSummary("Writes entries down as hosts file, zone file or JSON");
    }

    private static async Task<ImportReply> ImportAsync(HttpContext context, EntryCatalog catalog)
    {
        if (ImportRequest.TryReadForm(context.Request) is not { } form) return ImportReplies.UnknownForm(context);
        if (ImportRequest.TryRead(context.Request, form, out ImportRequest request) is { } error)
            return ApiProblems.BadRequest(context, "bad-parameter", error);
        if (EntryRequest.TryReadCondition(context.Request, out EntryCondition condition) is not null || condition != EntryCondition.None)
            return ApiProblems.BadRequest(context, "bad-precondition", "If-Match and If-None-Match are about one entry at its own path.");
        if (request.Options.DryRun) context.Response.Headers["X-Dry-Run"] = "true";
        using IDisposable? room = catalog.Transfer.TryBegin();
        if (room is null) return ImportReplies.Busy(context);
        (ArraySegment<byte> text, JsonHttpResult<ApiProblem>? problem) = await ImportBody.ReadAsync(context);
        if (problem is not null) return problem;

        var import = new EntryImport(request.Source);
        if (await LongWork.RunAsync(() => ImportTexts.Read(form, text, request.Origin, import)) is { } fault)
            return ImportReplies.Unreadable(context, fault);
        if (import.IsFull) return ImportReplies.TooMany(context);
        if (text.AsSpan().Trim(" \t\r\n"u8).IsEmpty) return ImportReplies.Empty(context);
        ImportResult result = await catalog.Transfer.ImportAsync(
            import, request.Mode, request.Strict, request.Options, context.RequestAborted);
        return ImportReplies.Result(context, result, import);
    }

    private static async Task ExportAsync(HttpContext context, EntryCatalog catalog)
    {
        if (ExportRequest.TryRead(context.Request, out ExportRequest request) is { } error)
        {
            await ApiProblems.BadRequest(context, "bad-parameter", error).ExecuteAsync(context);
            return;
        }

        EntryExport export = await catalog.Transfer.ExportAsync(request.Suffix, request.Source, context.RequestAborted);
        await ExportTexts.WriteAsync(context, request, export);
    }
}
