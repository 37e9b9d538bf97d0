using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KubeDoH.Api.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Entries;

/// <summary>A body of JSON: read whole, and what is wrong with it told by a problem that points at the place.</summary>
internal static class JsonBody
{
    /// <summary>Octets of the body; null, and why, when it is no JSON by its type, too large, or does not come whole.</summary>
    /// <param name="mediaType">The only one that is taken.</param>
    public static async Task<(byte[]? Octets, JsonHttpResult<ApiProblem>? Problem)> ReadAsync(
        HttpContext context, string mediaType, long mostOctets)
    {
        if (!IsOf(context.Request.ContentType, mediaType)) return (null, ApiProblems.NotOfType(context, mediaType));
        if (context.Request.Headers.ContentEncoding.Count > 0) return (null, ApiProblems.Compressed(context));
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = mostOctets;
        try
        {
            using var octets = new MemoryStream();
            await context.Request.Body.CopyToAsync(octets, context.RequestAborted);
            return (octets.ToArray(), null);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, ApiProblems.Result(
                context, e.StatusCode, "too-large", "Too large", $"A body has at most {mostOctets} octets here."));
        }
        catch (IOException e) when (!context.RequestAborted.IsCancellationRequested)
        {
            int status = (e as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status400BadRequest;
            return (null, ApiProblems.Result(
                context, status, "bad-body", "The body could not be read", "The body is malformed, too slow or cut off."));
        }
    }

    /// <summary>The object in the octets.</summary>
    public static (T? Body, JsonHttpResult<ApiProblem>? Problem) Parse<T>(HttpContext context, byte[] octets, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            T? body = JsonSerializer.Deserialize(WithoutMark(octets), type);
            return body is null ? (null, Bad(context, "The body must be a JSON object.", [])) : (body, null);
        }
        catch (JsonException e)
        {
            return (null, BadJson(context, e));
        }
    }

    /// <summary>400 for a body with something in it that does not belong there.</summary>
    public static JsonHttpResult<ApiProblem> Bad(HttpContext context, string detail, IReadOnlyList<ApiProblemError> errors) =>
        ApiProblems.Result(
            context, StatusCodes.Status400BadRequest, "bad-body", "The body could not be read", detail, errors.Count > 0 ? errors : null);

    /// <summary>A member's name in a JSON pointer (RFC 6901 3).</summary>
    public static string Escape(string member) =>
        member.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <summary>The octets behind a byte order mark, which editors on Windows put there.</summary>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> octets) =>
        octets.StartsWith(Encoding.UTF8.Preamble) ? octets[Encoding.UTF8.Preamble.Length..] : octets;

    private static bool IsOf(string? contentType, string mediaType) =>
        contentType?.Split(';', 2)[0].Trim().Equals(mediaType, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>
    /// JSON that does not parse, or a value of another type than the member's: only the place is told, not the parser's words.
    /// </summary>
    private static JsonHttpResult<ApiProblem> BadJson(HttpContext context, JsonException e)
    {
        string place = $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}";
        bool isSyntax = e.InnerException is JsonException;
        string pointer = isSyntax || e.Path is null ? "" : Pointer(e.Path);
        string detail = isSyntax
            ? $"the JSON is malformed at {place}"
            : $"what ends at {place} is not of the type that belongs there, or is a member that stands twice";
        return Bad(context, "The body cannot be read.", [new ApiProblemError(pointer, detail)]);
    }

    /// <summary><c>$.records[1]</c> as <c>/records/1</c>.</summary>
    private static string Pointer(string path) =>
        path.TrimStart('$').Replace("['", ".", StringComparison.Ordinal).Replace("']", "", StringComparison.Ordinal)
            .Replace('[', '.').Replace("]", "", StringComparison.Ordinal).Replace('.', '/');
}
