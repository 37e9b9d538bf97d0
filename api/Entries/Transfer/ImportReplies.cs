using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Entries;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Entries.Transfer;

using ImportReply = Results<JsonHttpResult<ImportReport>, JsonHttpResult<ApiProblem>>;

/// <summary>What came of an import, as HTTP says it.</summary>
internal static class ImportReplies
{
    public static ImportReply Result(HttpContext context, ImportResult result, EntryImport import)
    {
        if (result.IsNotWhole) return NotWhole(context, import);
        if (result.Failure is { } failure) return Failure(context, failure);
        return TypedResults.Json(ImportReport.Of(result.Plan!, import), ApiJsonContext.Default.ImportReport);
    }

    public static JsonHttpResult<ApiProblem> UnknownForm(HttpContext context)
    {
        context.Response.Headers["Accept-Post"] = "text/plain, text/dns, application/json";
        return ApiProblems.Result(context, StatusCodes.Status415UnsupportedMediaType, "media-type", "Unknown media type",
            "An import is text/plain (a hosts file), text/dns (a zone file, RFC 4027) or application/json, in UTF-8 and not compressed.");
    }

    public static JsonHttpResult<ApiProblem> Busy(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "1";
        return ApiProblems.Result(context, StatusCodes.Status503ServiceUnavailable, "import-busy", "Busy",
            $"{ImportGate.MaxTexts} imports are on their way; nothing was changed.");
    }

    public static JsonHttpResult<ApiProblem> TooMany(HttpContext context) =>
        ApiProblems.Result(context, StatusCodes.Status413PayloadTooLarge, "too-large", "Too large",
            $"An import has fewer than {EntryImport.MaxRecords} records and bad lines, and {EntryImport.MaxText} characters of data; "
            + "nothing was changed.");

    public static JsonHttpResult<ApiProblem> Empty(HttpContext context) =>
        ApiProblems.Result(context, StatusCodes.Status422UnprocessableEntity, "import-refused", "Import refused",
            "The body is empty; nothing was changed.");

    /// <summary>400 for what is not what its media type says, 422 for a text that is not whole.</summary>
    public static JsonHttpResult<ApiProblem> Unreadable(HttpContext context, ImportFault fault) => fault.IsMalformed
        ? ApiProblems.Result(
            context, StatusCodes.Status400BadRequest, "bad-body", "Bad body", $"{Sentence(fault.Reason)}; nothing was changed.")
        : ApiProblems.Result(context, StatusCodes.Status422UnprocessableEntity, "import-refused", "Import refused",
            $"{Sentence(fault.Reason)}; nothing was changed.");

    private static JsonHttpResult<ApiProblem> NotWhole(HttpContext context, EntryImport import) =>
        ApiProblems.Result(context, StatusCodes.Status422UnprocessableEntity, "import-refused", "Import refused",
            $"{(import.BadCount == 1 ? "One line" : $"{import.BadCount} lines")} cannot be imported; nothing was changed.",
            [.. import.Bad.Select(bad => new ApiProblemError("", $"line {bad.Line}: {bad.Reason}"))]);

    private static JsonHttpResult<ApiProblem> Failure(HttpContext context, WriteResult failure)
    {
        if (failure.Outcome != StoreOutcome.PreconditionFailed) return EntryReplies.Failure(context, failure);
        context.Response.Headers.RetryAfter = "1";
        return ApiProblems.Result(context, StatusCodes.Status503ServiceUnavailable, "import-busy", "Busy",
            "Others kept writing the same entries; nothing was changed.");
    }

    private static string Sentence(string reason) => char.ToUpperInvariant(reason[0]) + reason[1..];
}
