using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Hosting;

/// <summary>One thing that is wrong in a request.</summary>
/// <param name="Pointer">Where in the body: a JSON pointer (RFC 6901); "" for the body as a whole.</param>
/// <param name="Detail">What is wrong there, in a sentence.</param>
internal sealed record ApiProblemError(string Pointer, string Detail);

/// <summary>An error body (RFC 9457): <c>application/problem+json</c>.</summary>
/// <param name="Type">A stable relative reference, <c>/problems/...</c>.</param>
/// <param name="Instance">The id of the request, as logs have it.</param>
internal sealed record ApiProblem(
    string Type, string Title, int Status, string Detail, string? Instance = null, IReadOnlyList<ApiProblemError>? Errors = null);

/// <summary>The one place that error bodies are made in. Nothing internal goes into them.</summary>
internal static class ApiProblems
{
    public const string MediaType = "application/problem+json";

    /// <param name="type">The last part of the problem's type, such as <c>bad-name</c>.</param>
    public static JsonHttpResult<ApiProblem> Result(
        HttpContext context, int status, string type, string title, string detail, IReadOnlyList<ApiProblemError>? errors = null)
    {
        context.Response.Headers[RequestIds.Header] = context.TraceIdentifier;
        return TypedResults.Json(
            new ApiProblem($"/problems/{type}", title, status, detail, context.TraceIdentifier, errors),
            ApiJsonContext.Default.ApiProblem, MediaType, status);
    }

    /// <summary>400 for what is wrong with the target or a header.</summary>
    public static JsonHttpResult<ApiProblem> BadRequest(HttpContext context, string type, string detail) =>
        Result(context, StatusCodes.Status400BadRequest, type, "Bad request", detail);

    /// <summary>
    /// 415 for a body of another media type than the one that is taken here; a patch says which in a header too (RFC 5789 3.1).
    /// </summary>
    public static JsonHttpResult<ApiProblem> NotOfType(HttpContext context, string mediaType)
    {
        if (HttpMethods.IsPatch(context.Request.Method)) context.Response.Headers["Accept-Patch"] = mediaType;
        return Result(context, StatusCodes.Status415UnsupportedMediaType, "media-type", "Another media type",
            $"The body must have the content type {mediaType}.");
    }

    /// <summary>415 for a body with a content coding: it says which are taken, which is none (RFC 9110 12.5.3).</summary>
    public static JsonHttpResult<ApiProblem> Compressed(HttpContext context)
    {
        context.Response.Headers.AcceptEncoding = "identity";
        return Result(context, StatusCodes.Status415UnsupportedMediaType, "media-type", "Another media type",
            "The body must not be compressed (Content-Encoding).");
    }

    /// <summary>A problem from a handler that writes its response itself.</summary>
    public static Task WriteAsync(HttpContext context, int status, string type, string title, string detail) =>
        Result(context, status, type, title, detail).ExecuteAsync(context);
}
