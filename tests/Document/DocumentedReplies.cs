namespace KubeDoH.Tests.Document;

/// <summary>
/// Stands in a test's client and holds each reply against <c>openapi.yaml</c>: whatever the tests bring the service to answer is
/// written down for its operation.
/// </summary>
internal sealed class DocumentedReplies(HttpMessageHandler? inner = null) : DelegatingHandler(inner ?? new SocketsHttpHandler
{
    Expect100ContinueTimeout = TimeSpan.FromMinutes(1),
})
{
    /// <summary>Octets; what is longer may be refused for its size, and is not sent before the service asks for it.</summary>
    private const int SmallBody = 65536;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // The service closes the connection of a body that it does not want: who still sends then may never see why.
        if (request.Content?.Headers.ContentLength > SmallBody) request.Headers.ExpectContinue = true;
        HttpResponseMessage reply = await base.SendAsync(request, cancellationToken);
        string? mediaType = reply.Content.Headers.ContentType?.MediaType;
        bool isJson = mediaType?.EndsWith("json", StringComparison.Ordinal) == true;
        string? body = isJson ? await reply.Content.ReadAsStringAsync(cancellationToken) : null;
        Assert.Empty(ReplyRules.OfRepository.Differences(
            request.Method.Method, request.RequestUri!.AbsolutePath, (int)reply.StatusCode, mediaType, body));
        return reply;
    }
}
