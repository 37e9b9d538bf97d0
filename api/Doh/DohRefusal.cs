using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Views;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Doh;

/// <summary>Why a request gets an HTTP error in the stead of a DNS message: the status and the problem that is told.</summary>
/// <param name="Type">The last part of the problem's type.</param>
/// <param name="RetryAfter">Seconds, for a refusal that passes by itself.</param>
internal sealed record DohRefusal(int Status, string Type, string Title, string Detail, int? RetryAfter = null)
{
    /// <summary>True where a moment's wait for the pods may show one that is asked for.</summary>
    public bool AwaitsPods { get; private init; }

    /// <summary>The content codings that are taken; null where the body's is not what is wrong.</summary>
    private string? AcceptEncoding { get; init; }

    /// <summary>Something is wrong with the parameter <paramref name="name"/>.</summary>
    public static DohRefusal Parameter(string name, string detail) =>
        new(StatusCodes.Status400BadRequest, "bad-parameter", "Bad request", $"{name}: {detail}");

    public static DohRefusal NoQuestion(string detail) =>
        new(StatusCodes.Status400BadRequest, "no-question", "The request holds no question", detail);

    public static DohRefusal Message(WireError error) =>
        new(StatusCodes.Status400BadRequest, "bad-message", "The DNS message is malformed", WireErrorText.Write(error));

    public static DohRefusal BodyTooLarge() => new(StatusCodes.Status413PayloadTooLarge, "message-too-large",
        "The DNS message is too large", $"A DNS message has at most {DohRequest.MaxMessage} octets (RFC 8484 6).");

    public static DohRefusal TargetTooLong() => new(StatusCodes.Status414UriTooLong, "target-too-long",
        "The request target is too long", $"At most {DohRequest.MaxTarget} octets; a longer question fits a POST.");

    public static DohRefusal MediaType() => new(StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type",
        "The body is of another media type", $"A POST carries a DNS message as {DohReply.WireMediaType} (RFC 8484 4.1).");

    /// <summary>A body with a content coding; the reply says which are taken, which is none (RFC 9110 12.5.3).</summary>
    public static DohRefusal Compressed() => new(StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type",
        "The body is of another media type", "The body must not be compressed (Content-Encoding).") { AcceptEncoding = "identity" };

    public static DohRefusal Method(string allowed) => new(StatusCodes.Status405MethodNotAllowed, "method-not-allowed",
        "The method is not allowed here", $"Allowed: {allowed}.");

    /// <summary>Why the view of a namespace, or of one of its pods, cannot be had.</summary>
    public static DohRefusal OfView(ViewVerdict verdict, string @namespace, string? pod) => verdict switch
    {
        ViewVerdict.Unknown => new(StatusCodes.Status404NotFound, "unknown-namespace",
            "There is no such namespace", $"The cluster has no namespace '{@namespace}'."),
        ViewVerdict.UnknownPod => new(StatusCodes.Status404NotFound, "unknown-pod",
            "There is no such pod", $"The namespace '{@namespace}' has no pod '{pod}'."),
        ViewVerdict.PodsOff => new(StatusCodes.Status404NotFound, "pods-off",
            "Nothing is seen as a pod sees it here", "Kubernetes:PodViews is off."),
        ViewVerdict.PodsRefused => new(StatusCodes.Status503ServiceUnavailable, "pods-unread",
            "The pods cannot be read", "The permission to list and watch pods is missing.", RetryAfter: 30),
        ViewVerdict.PodsComing => new(StatusCodes.Status503ServiceUnavailable, "not-synced", "The cluster is not known yet",
            "The pods are being read: whether there is such a one cannot be told.", RetryAfter: 1) { AwaitsPods = true },
        _ => new(StatusCodes.Status503ServiceUnavailable, "not-synced", "The cluster is not known yet",
            "The first sync has not finished: whether the namespace exists cannot be told.", RetryAfter: 1),
    };

    public static DohRefusal Internal() => new(StatusCodes.Status500InternalServerError, "internal-error",
        "Internal error", "An internal error; the log has it under this instance.");

    /// <summary>
    /// Writes the problem. Some of the statuses may be cached without being told so (RFC 9110 15.1): they are told not to.
    /// </summary>
    public Task WriteAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = DohReply.NoStore;
        if (AcceptEncoding is not null) context.Response.Headers.AcceptEncoding = AcceptEncoding;
        if (RetryAfter is { } seconds) context.Response.Headers.RetryAfter = $"{seconds}";
        if (!context.IsHead()) return ApiProblems.WriteAsync(context, Status, Type, Title, Detail);
        context.Response.StatusCode = Status;
        context.Response.ContentType = ApiProblems.MediaType;
        return Task.CompletedTask;
    }
}
