using System.Text.Json;
using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Entries;

/// <summary>Reads the JSON body of a write: a draft, or the problem that says what is wrong and where.</summary>
internal static class EntryBodyReader
{
    /// <summary>Octets of a body.</summary>
    public const long MaxBody = 1024 * 1024;

    /// <summary>Members that a GET shows and a PUT takes back without reading them.</summary>
    private static readonly HashSet<string> ReadOnlyMembers = ["source", "revision", "createdAt", "updatedAt"];

    public static async Task<(EntryDraft? Draft, JsonHttpResult<ApiProblem>? Problem)> ReadAsync(HttpContext context, EntryKey key)
    {
        if (!IsJson(context.Request.ContentType)) return (null, ApiProblems.NotJson(context));
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MaxBody;
        try
        {
            EntryBody? body = await JsonSerializer.DeserializeAsync(
                context.Request.Body, ApiJsonContext.Default.EntryBody, context.RequestAborted);
            if (body is null) return (null, BadBody(context, "The body must be a JSON object.", []));
            IReadOnlyList<ApiProblemError> errors = [.. Disagreements(body, key)];
            return errors.Count > 0
                ? (null, BadBody(context, "The body has members that do not belong there.", errors))
                : (body.ToDraft(key), null);
        }
        catch (JsonException e)
        {
            return (null, BadJson(context, e));
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, ApiProblems.Result(context, e.StatusCode, "too-large", "Too large", $"A body has at most {MaxBody} octets."));
        }
        catch (IOException e) when (!context.RequestAborted.IsCancellationRequested)
        {
            int status = (e as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status400BadRequest;
            return (null, ApiProblems.Result(context, status, "bad-body", "The body could not be read", "The body is malformed, too slow or cut off."));
        }
    }

    private static bool IsJson(string? contentType) =>
        contentType?.Split(';', 2)[0].Trim().Equals("application/json", StringComparison.OrdinalIgnoreCase) == true;

    private static IEnumerable<ApiProblemError> Disagreements(EntryBody body, EntryKey key)
    {
        foreach (string member in body.Others?.Keys.Where(m => !ReadOnlyMembers.Contains(m)) ?? [])
            yield return new ApiProblemError($"/{Escape(member)}", $"an entry has no member '{member}'");
        if (body.Name is not null && !(DnsName.TryParse(body.Name, out DnsName name, out _) && name == key.Name))
            yield return new ApiProblemError("/name", $"the path names {key.Name}");
        if (body.Type is not null && !(RecordTypeText.TryRead(body.Type, out RecordType type) && type == key.Type))
            yield return new ApiProblemError("/type", $"the path names the type {RecordTypeText.Write(key.Type)}");
    }

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
        return BadBody(context, "The body cannot be read.", [new ApiProblemError(pointer, detail)]);
    }

    /// <summary><c>$.records[1]</c> as <c>/records/1</c>.</summary>
    private static string Pointer(string path) =>
        path.TrimStart('$').Replace("['", ".", StringComparison.Ordinal).Replace("']", "", StringComparison.Ordinal)
            .Replace('[', '.').Replace("]", "", StringComparison.Ordinal).Replace('.', '/');

    private static string Escape(string member) =>
        member.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private static JsonHttpResult<ApiProblem> BadBody(HttpContext context, string detail, IReadOnlyList<ApiProblemError> errors) =>
        ApiProblems.Result(context, StatusCodes.Status400BadRequest, "bad-body", "Bad body", detail, errors.Count > 0 ? errors : null);
}
