using System.Globalization;
using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Entries;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Entries;

using BatchAnswer = Results<JsonHttpResult<BatchReply>, JsonHttpResult<ApiProblem>>;

/// <summary>Several writes in one step: all of them or none, under one revision.</summary>
internal static class BatchEndpoints
{
    public const string Path = "/api/v1/entry-batches";

    public const int MaxOperations = 10_000;

    /// <summary>Octets of a body.</summary>
    public const long MaxBody = 8 * 1024 * 1024;

    public static void MapEntryBatches(this IEndpointRouteBuilder app) =>
        app.MapPost(Path, WriteAsync).WithTags("Entries").WithName("writeEntries").WithSummary("Several writes in one step");

    private static async Task<BatchAnswer> WriteAsync(HttpContext context, EntryCatalog catalog)
    {
        if (WriteRequest.TryRead(context, out WriteOptions options) is { } refused) return refused;
        (IReadOnlyList<BatchOperationBody?>? steps, JsonHttpResult<ApiProblem>? problem) = await ReadAsync(context);
        if (steps is null) return problem!;
        bool needsRevision = WriteRequest.NeedsCondition(context);
        EntryOperation[] operations = [.. steps.Select(step => (step ?? new BatchOperationBody()).ToOperation(needsRevision))];
        StoreResult result = await catalog.WriteAllAsync(operations, options, context.RequestAborted);
        if (!result.Succeeded) return Failure(context, operations, result);
        return TypedResults.Json(
            new BatchReply(result.Revision, [.. result.Writes.Select(BatchResult.Of)]), ApiJsonContext.Default.BatchReply);
    }

    private static async Task<(IReadOnlyList<BatchOperationBody?>? Steps, JsonHttpResult<ApiProblem>? Problem)> ReadAsync(
        HttpContext context)
    {
        (byte[]? octets, JsonHttpResult<ApiProblem>? problem) = await JsonBody.ReadAsync(context, EntryBodyReader.MediaType, MaxBody);
        if (octets is null) return (null, problem);
        (BatchBody? body, problem) = JsonBody.Parse(context, octets, ApiJsonContext.Default.BatchBody);
        if (body is null) return (null, problem);
        IReadOnlyList<ApiProblemError> errors = [.. FindFaults(body)];
        return errors.Count > 0
            ? (null, JsonBody.Bad(context, "The body has something in it that does not belong there.", errors))
            : (body.Operations, null);
    }

    private static IEnumerable<ApiProblemError> FindFaults(BatchBody body)
    {
        foreach (string member in body.Others?.Keys.ToArray() ?? [])
            yield return new ApiProblemError($"/{JsonBody.Escape(member)}", $"a batch has no member '{member}'");
        if (body.Atomic == false) yield return new ApiProblemError("/atomic", "a batch is all or nothing: there is no other kind");
        if (body.Operations is not { Count: > 0 and <= MaxOperations })
            yield return new ApiProblemError("/operations", $"a batch has 1 to {MaxOperations} operations");
        IEnumerable<ApiProblemError> unknown = (body.Operations ?? []).Take(MaxOperations)
            .SelectMany((step, at) => step is null ? [] : EntryBodyReader.Unknown(step, PointerTo(at)));
        foreach (ApiProblemError error in unknown) yield return error;
    }

    /// <summary>
    /// Says of each operation that failed what is wrong with it. The first decides the status; that there is nothing to delete is a
    /// conflict here, as the path of the batch is there.
    /// </summary>
    private static JsonHttpResult<ApiProblem> Failure(HttpContext context, EntryOperation[] operations, StoreResult result)
    {
        (int At, WriteFailure Failure)[] failures =
        [
            .. result.Writes.Index().Where(write => write.Item is { Succeeded: false, Outcome: not StoreOutcome.NotTried })
                .Select(write => (write.Index, WriteFailure.Of(write.Item, operations[write.Index].Condition == EntryCondition.Absent))),
        ];
        WriteFailure first = failures[0].Failure;
        int status = first.Status == StatusCodes.Status404NotFound ? StatusCodes.Status409Conflict : first.Status;
        return ApiProblems.Result(context, status, first.Type, first.Title,
            $"Nothing was changed: {failures.Length} of {operations.Length} operations cannot be carried out.",
            [.. failures.SelectMany(failed => Errors(failed.At, failed.Failure))]);
    }

    private static IEnumerable<ApiProblemError> Errors(int at, WriteFailure failure) =>
        failure.Errors?.Select(error => error with { Pointer = PointerTo(at) + error.Pointer })
        ?? [new ApiProblemError(PointerTo(at), failure.Detail)];

    private static string PointerTo(int at) => string.Create(CultureInfo.InvariantCulture, $"/operations/{at}");
}
