using KubeDoH.Api.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Entries.Transfer;

/// <summary>Takes in the text of an import, or says why it did not come.</summary>
internal static class ImportBody
{
    /// <summary>Octets of a text: some 200,000 entries of an export, or a million lines of a hosts file.</summary>
    public const int MaxBody = 64 * 1024 * 1024;

    public static async Task<(ArraySegment<byte> Text, JsonHttpResult<ApiProblem>? Problem)> ReadAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MaxBody;
        try
        {
            // What a caller announces is not what he sends: the buffer grows with what has come.
            using var text = new MemoryStream();
            await context.Request.Body.CopyToAsync(text, context.RequestAborted);
            return (new ArraySegment<byte>(text.GetBuffer(), 0, (int)text.Length), null);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (default, ApiProblems.Result(
                context, e.StatusCode, "too-large", "Too large", $"An import has at most {MaxBody} octets."));
        }
        catch (IOException e) when (!context.RequestAborted.IsCancellationRequested)
        {
            int status = (e as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status400BadRequest;
            return (default, ApiProblems.Result(
                context, status, "bad-body", "The body could not be read", "The body is malformed, too slow or cut off."));
        }
    }
}
