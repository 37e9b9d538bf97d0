using System.Net;
using System.Text.Json;

namespace KubeDoH.Engine.Kubernetes;

/// <summary>
/// A request to the API server that brought nothing: thrown to the watch's own loop, which writes it down and tries again.
/// </summary>
/// <param name="status">The HTTP status, or the code of a Status object in a stream; 0 when the server was not reached.</param>
/// <param name="text">A sentence for an operator.</param>
internal sealed class ApiFailure(int status, string text, TimeSpan? retryAfter = null) : Exception(text)
{
    private const int LongestBody = 64 * 1024;

    public int Status => status;

    /// <summary>How long the server asks to wait; null when it does not say.</summary>
    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>True when what was asked about lies too far back, or ahead, of what the server has: only a new list helps.</summary>
    public bool IsGone => status is 410 or 400 || Message.Contains("Too large resource version", StringComparison.Ordinal);

    public bool IsRefusal => status is 401 or 403;

    /// <summary>What the outside world threw, in a sentence.</summary>
    public static ApiFailure Of(Exception e) => e as ApiFailure ?? new ApiFailure(0, Sentence(e));

    /// <summary>What a reply that is no success says: the message of its Status object, where it has one.</summary>
    public static async Task<ApiFailure> ReadAsync(HttpResponseMessage reply, CancellationToken cancellationToken)
    {
        TimeSpan? wait = reply.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - (reply.Headers.Date ?? DateTimeOffset.UtcNow),
            _ => null,
        };
        string said = "";
        try
        {
            using Stream body = await reply.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            byte[] bytes = new byte[LongestBody];
            int read = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            JsonNodes.Read(bytes.AsSpan(0, read), node => said = node["message"]?.Text ?? "");
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            // The status alone has to do.
        }

        int status = (int)reply.StatusCode;
        return new ApiFailure(status, Printable($"{status} {(HttpStatusCode)status}{(said.Length > 0 ? ": " : "")}{said}"), wait);
    }

    /// <summary>The failure that a Status object in a watch tells of.</summary>
    public static ApiFailure OfStatus(KubeNode? status)
    {
        int code = int.TryParse(status?["code"]?.Text, out int number) ? number : 500;
        double? seconds = double.TryParse(status?["details"]?["retryAfterSeconds"]?.Text, out double wait) ? wait : null;
        return new ApiFailure(code, Printable($"{code}: {status?["message"]?.Text}"), seconds is { } s ? TimeSpan.FromSeconds(s) : null);
    }

    /// <summary>On one line and not without end: the text goes into logs.</summary>
    public static string Printable(string text)
    {
        const int Longest = 300;
        string shown = text.Length > Longest ? text[..Longest] + "…" : text;
        return string.Create(shown.Length, shown, static (span, from) =>
        {
            for (int i = 0; i < span.Length; i++) span[i] = char.IsControl(from[i]) ? ' ' : from[i];
        });
    }

    private static string Sentence(Exception e)
    {
        string text = e is JsonException ? "the reply is no JSON" : e.Message;
        if (e.InnerException is { } inner && !text.Contains(inner.Message, StringComparison.Ordinal)) text += $" ({inner.Message})";
        return Printable(text);
    }
}
