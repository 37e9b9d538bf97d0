namespace KubeDoH.Tests.Document;

/// <summary>
/// Stands in a test's client and holds each reply against <c>openapi.yaml</c>: whatever the tests bring the service to answer is
/// written down for its operation.
/// </summary>
internal sealed class DocumentedReplies(HttpMessageHandler? inner = null) : DelegatingHandler(inner ?? new SocketsHttpHandler())
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage reply = await base.SendAsync(request, cancellationToken);
        string? mediaType = reply.Content.Headers.ContentType?.MediaType;
        bool isJson = mediaType?.EndsWith("json", StringComparison.Ordinal) == true;
        string? body = isJson ? await reply.Content.ReadAsStringAsync(cancellationToken) : null;
        Assert.Empty(ReplyRules.OfRepository.Differences(
            request.Method.Method, request.RequestUri!.AbsolutePath, (int)reply.StatusCode, mediaType, body));
        return reply;
    }
}
