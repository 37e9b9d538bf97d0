using System.Text.Json;
using System.Text.Json.Nodes;
using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Entries;

/// <summary>Reads the body of a write of one entry: what it asks for, or the problem that says what is wrong and where.</summary>
internal static class EntryBodyReader
{
    public const string MediaType = "application/json";

    /// <summary>RFC 7396.</summary>
    public const string PatchMediaType = "application/merge-patch+json";

    /// <summary>Octets of a body.</summary>
    public const long MaxBody = 1024 * 1024;

    /// <summary>Members that a GET shows and a write takes back without reading them.</summary>
    private static readonly HashSet<string> ReadOnlyMembers = ["source", "revision", "createdAt", "updatedAt"];

    /// <summary>The entry at the path's key.</summary>
    public static async Task<(EntryDraft? Draft, JsonHttpResult<ApiProblem>? Problem)> ReadAsync(HttpContext context, EntryKey key)
    {
        (byte[]? _, EntryBody? body, JsonHttpResult<ApiProblem>? problem) = await ReadAsync(context, MediaType, key);
        return (body?.ToDraft(key), problem);
    }

    /// <summary>An entry that is to be made, its key in the body.</summary>
    public static async Task<(EntryOperation? Creation, JsonHttpResult<ApiProblem>? Problem)> ReadCreationAsync(HttpContext context)
    {
        (byte[]? _, EntryBody? body, JsonHttpResult<ApiProblem>? problem) = await ReadAsync(context, MediaType, key: null);
        if (body is null) return (null, problem);
        EntryKey key = body.ReadKey(out IReadOnlyList<EntryViolation> faults);
        return (EntryOperation.Put(body.ToDraft(key), EntryCondition.Absent) with { Faults = faults }, null);
    }

    /// <summary>A patch of the entry at the path's key.</summary>
    public static async Task<(EntryPatch? Patch, JsonHttpResult<ApiProblem>? Problem)> ReadPatchAsync(HttpContext context, EntryKey key)
    {
        (byte[]? octets, EntryBody? body, JsonHttpResult<ApiProblem>? problem) = await ReadAsync(context, PatchMediaType, key);
        return body is null ? (null, problem) : (new EntryPatch(JsonNode.Parse(JsonBody.WithoutMark(octets))!.AsObject()), null);
    }

    /// <summary>The members of a body that no entry has.</summary>
    public static IEnumerable<ApiProblemError> Unknown(EntryBody body, string place = "") =>
        body.Others?.Keys.Where(member => !ReadOnlyMembers.Contains(member))
            .Select(member => new ApiProblemError($"{place}/{JsonBody.Escape(member)}", $"an entry has no member '{member}'")) ?? [];

    private static async Task<(byte[]? Octets, EntryBody? Body, JsonHttpResult<ApiProblem>? Problem)> ReadAsync(
        HttpContext context, string mediaType, EntryKey? key)
    {
        (byte[]? octets, JsonHttpResult<ApiProblem>? problem) = await JsonBody.ReadAsync(context, mediaType, MaxBody);
        if (octets is null) return (null, null, problem);
        (EntryBody? body, problem) = JsonBody.Parse(context, octets, ApiJsonContext.Default.EntryBody);
        if (body is null) return (null, null, problem);
        IReadOnlyList<ApiProblemError> errors = [.. Unknown(body), .. key is { } there ? Disagreements(body, there) : []];
        return errors.Count > 0
            ? (null, null, JsonBody.Bad(context, "The body has members that do not belong there.", errors))
            : (octets, body, null);
    }

    private static IEnumerable<ApiProblemError> Disagreements(EntryBody body, EntryKey key)
    {
        if (body.Name is not null && !(DnsName.TryParse(body.Name, out DnsName name, out _) && name == key.Name))
            yield return new ApiProblemError("/name", $"the path names {key.Name}");
        if (body.Type is not null && !(RecordTypeText.TryRead(body.Type, out RecordType type) && type == key.Type))
            yield return new ApiProblemError("/type", $"the path names the type {RecordTypeText.Write(key.Type)}");
    }
}
