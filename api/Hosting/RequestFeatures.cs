using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace KubeDoH.Api.Hosting;

/// <summary>
/// The features of a request by their type, for the way that every question takes. <see cref="HttpContext"/>'s own properties ask for
/// them by a generic virtual call, which a native build looks up anew each time.
/// </summary>
internal static class RequestFeatures
{
    public static IHttpRequestFeature RequestFeature(this HttpContext context) =>
        (IHttpRequestFeature)context.Features[typeof(IHttpRequestFeature)]!;

    /// <summary>The reply has no body. A method's case counts (RFC 9110 9.1): for <c>head</c> the server would still send one.</summary>
    public static bool IsHead(this HttpContext context) => context.RequestFeature().Method == "HEAD";

    public static IHttpResponseFeature ResponseFeature(this HttpContext context) =>
        (IHttpResponseFeature)context.Features[typeof(IHttpResponseFeature)]!;

    public static PipeWriter ResponseWriter(this HttpContext context) =>
        ((IHttpResponseBodyFeature)context.Features[typeof(IHttpResponseBodyFeature)]!).Writer;

    public static PipeReader RequestReader(this HttpContext context) =>
        context.Features[typeof(IRequestBodyPipeFeature)] is IRequestBodyPipeFeature body ? body.Reader : context.Request.BodyReader;

    /// <summary>The other end's address; null where it has none.</summary>
    public static System.Net.IPAddress? RemoteAddress(this HttpContext context) =>
        (context.Features[typeof(IHttpConnectionFeature)] as IHttpConnectionFeature)?.RemoteIpAddress;

    /// <summary>Cancelled when the client goes.</summary>
    public static CancellationToken Aborted(this HttpContext context) =>
        context.Features[typeof(IHttpRequestLifetimeFeature)] is IHttpRequestLifetimeFeature request
            ? request.RequestAborted
            : context.RequestAborted;
}
