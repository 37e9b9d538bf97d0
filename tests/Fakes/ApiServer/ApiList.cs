using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace KubeDoH.Tests.Fakes.ApiServer;

/// <summary>
/// Lists, in pages when the client names a limit. The pages of one list are of one version; a continue token names that version and
/// the last key, and expires with the next compaction.
/// </summary>
internal sealed class ApiList(ApiObjects objects)
{
    /// <summary>Longer answers are compressed for those who take it.</summary>
    private const int CompressFrom = 128 * 1024;

    /// <summary>Lists whose later pages may still be asked for, by version.</summary>
    private readonly ConcurrentDictionary<(ApiResource, long), (ApiObject[] Objects, long Compaction)> _begun = new();

    public async Task AnswerAsync(ApiRequest request, HttpContext context, ApiBody body)
    {
        var selector = new ApiSelector(request);
        if (!TryFind(request, out long version, out ApiObject[] found, out string after, out ApiStatus? refused))
        {
            await body.WriteAsync(refused!);
            return;
        }

        ApiObject[] rest = [.. found.Where(each => string.CompareOrdinal(each.Key, after) > 0 && selector.Matches(each))];
        int limit = request.ResourceVersion == "0" && $"{request.Query["resourceVersionMatch"]}" != "Exact" ? 0 : request.Limit;
        ApiObject[] page = limit > 0 ? [.. rest.Take(limit)] : rest;
        string next = "";
        if (page.Length < rest.Length)
        {
            _begun[(request.Resource, version)] = (found, objects.Compactions);
            next = Token(version, page[^1].Key);
        }

        byte[] bytes = Write(request.Resource, version, page, next, selector.SelectsAll ? rest.Length - page.Length : 0);
        if (bytes.Length >= CompressFrom && $"{context.Request.Headers.AcceptEncoding}".Contains("gzip", StringComparison.Ordinal))
        {
            context.Response.Headers.ContentEncoding = "gzip";
            context.Response.Headers.Vary = "Accept-Encoding";
            bytes = Compress(bytes);
        }

        body.Start(200, "application/json");
        context.Response.ContentLength = bytes.Length;
        await body.WriteAsync(bytes);
    }

    /// <summary>Finds the state that the request is about, and the key after which it goes on.</summary>
    private bool TryFind(ApiRequest request, out long version, out ApiObject[] found, out string after, out ApiStatus? refused)
    {
        (version, found) = objects.Read(request.Resource);
        after = "";
        refused = null;
        if (request.Continue.Length > 0) return TryGoOn(request, ref version, ref found, out after, out refused);

        string match = $"{request.Query["resourceVersionMatch"]}";
        if (match.Length > 0 && request.ResourceVersion.Length == 0)
            refused = ApiStatus.Invalid(
                "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided");
        else if (request.ResourceVersion.Length == 0) return true;
        else if (!long.TryParse(request.ResourceVersion, out long asked))
            refused = ApiStatus.BadRequest($"Invalid value: \"{request.ResourceVersion}\": strconv.ParseUint: invalid syntax");
        else if (asked > version) refused = ApiStatus.TooLarge(asked, version);
        else if (match == "Exact" && asked != version) refused = ApiStatus.TooOld(asked, version);
        return refused is null;
    }

    private bool TryGoOn(ApiRequest request, ref long version, ref ApiObject[] found, out string after, out ApiStatus? refused)
    {
        refused = null;
        after = "";
        if (request.ResourceVersion is not ("" or "0"))
        {
            refused = ApiStatus.BadRequest("specifying resource version is not allowed when using continue");
            return false;
        }

        JsonNode token;
        try
        {
            token = JsonNode.Parse(Convert.FromBase64String(request.Continue.Replace('-', '+').Replace('_', '/')))!;
        }
        catch (Exception e) when (e is FormatException or System.Text.Json.JsonException)
        {
            refused = ApiStatus.BadRequest("continue key is not valid: " + e.Message);
            return false;
        }

        long begun = token["rv"]!.GetValue<long>();
        after = token["start"]!.GetValue<string>().TrimEnd('\0');
        if (begun < 0) return true;
        if (!_begun.TryGetValue((request.Resource, begun), out var kept) || kept.Compaction != objects.Compactions)
        {
            refused = ApiStatus.ExpiredPage(Token(-1, after));
            return false;
        }

        (version, found) = (begun, kept.Objects);
        return true;
    }

    private static byte[] Write(ApiResource resource, long version, ApiObject[] page, string next, int remaining)
    {
        using var stream = new MemoryStream();
        string tail = next.Length == 0 ? "" : $",\"continue\":\"{next}\"" + (remaining > 0 ? $",\"remainingItemCount\":{remaining}" : "");
        stream.Write(Encoding.UTF8.GetBytes(
            $"{{\"kind\":\"{resource.Kind}List\",\"apiVersion\":\"{resource.ApiVersion}\","
            + $"\"metadata\":{{\"resourceVersion\":\"{version}\"{tail}}},\"items\":["));
        for (int at = 0; at < page.Length; at++)
        {
            if (at > 0) stream.WriteByte((byte)',');
            stream.Write(page[at].Json);
        }

        stream.Write("]}\n"u8);
        return stream.ToArray();
    }

    private static string Token(long version, string key)
    {
        var token = new JsonObject { ["v"] = "meta.k8s.io/v1", ["rv"] = version, ["start"] = key + "\0" };
        return Convert.ToBase64String(JsonText.Bytes(token)).Replace('+', '-').Replace('/', '_');
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(bytes);
        return packed.ToArray();
    }
}
