using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Entries;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Entries;

/// <summary>What a write says beside its body, whichever of the entries' resources it is sent to; or the problem of it.</summary>
internal static class WriteRequest
{
    /// <summary>The options of a write that has no condition of its own: a creation, a batch.</summary>
    public static JsonHttpResult<ApiProblem>? TryRead(HttpContext context, out WriteOptions options)
    {
        options = default;
        if (EntryRequest.TryReadCondition(context.Request, out EntryCondition condition) is { } malformed)
            return ApiProblems.BadRequest(context, "bad-precondition", malformed);
        if (condition != EntryCondition.None)
            return ApiProblems.BadRequest(context, "bad-precondition", "If-Match and If-None-Match are about one entry at its own path.");
        return TryReadOptions(context, out options);
    }

    /// <summary>A write of the entry that the path names.</summary>
    public static JsonHttpResult<ApiProblem>? TryRead(
        HttpContext context, string name, string type, out EntryKey key, out EntryCondition condition, out WriteOptions options)
    {
        condition = EntryCondition.None;
        options = default;
        if (EntryRequest.TryReadKey(context.Request, name, type, out key) is { } badKey)
            return ApiProblems.BadRequest(context, "bad-name", badKey);
        if (EntryRequest.TryReadCondition(context.Request, out condition) is { } badCondition)
            return ApiProblems.BadRequest(context, "bad-precondition", badCondition);
        if (condition == EntryCondition.None && NeedsCondition(context))
            return ApiProblems.Result(context, StatusCodes.Status428PreconditionRequired, "precondition-required", "Precondition required",
                "A write says by If-Match what it replaces, or by If-None-Match: * that it creates; a name is deleted type by type.");
        return TryReadOptions(context, out options);
    }

    /// <summary>True where Management:RequirePreconditions is on (RFC 6585 3).</summary>
    public static bool NeedsCondition(HttpContext context) =>
        context.RequestServices.GetRequiredService<ManagementOptions>().RequirePreconditions;

    private static JsonHttpResult<ApiProblem>? TryReadOptions(HttpContext context, out WriteOptions options)
    {
        if (EntryRequest.TryReadOptions(context.Request, out options) is { } badOption)
            return ApiProblems.BadRequest(context, "bad-parameter", badOption);
        if (options.DryRun) context.Response.Headers["X-Dry-Run"] = "true";
        return null;
    }
}
