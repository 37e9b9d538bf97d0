using System.Net;
using System.Net.Http.Headers;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Document;

namespace KubeDoH.Tests.Api.Doh;

/// <summary>Every request that a DoH server may meet and the status that it gets, over real connections on both HTTP versions.</summary>
public sealed class StatusMatrixTests(DohServer server) : IClassFixture<DohServer>
{
    /// <summary>
    /// Method, target ({x} is the message of that name in base64url), media type of the body, body's name, then status,
    /// media type of the reply, and either its rcode or the problem's type.
    /// </summary>
    private const string Rows =
        """
        GET     /dns-query?dns={web.example}                      -          -              200 dns-message  NOERROR
        GET     /dns-query?dns={web.example}==                    -          -              200 dns-message  NOERROR
        GET     /dns-query?dns={web.example}%3D%3D                -          -              200 dns-message  NOERROR
        GET     /dns-query?x=1&dns={web.example}                  -          -              200 dns-message  NOERROR
        GET     /dns-query?dns={gone.example}                     -          -              200 dns-message  NXDOMAIN
        GET     /dns-query?dns={refused.example}                  -          -              200 dns-message  REFUSED
        GET     /dns-query?dns={fails.example}                    -          -              200 dns-message  SERVFAIL
        GET     /dns-query?dns={late.example}                     -          -              200 dns-message  NOERROR
        GET     /dns-query?dns={throws.example}                   -          -              200 dns-message  SERVFAIL
        GET     /dns-query?dns={throwslate.example}               -          -              200 dns-message  SERVFAIL
        GET     /dns-query?dns={huge.example}                     -          -              200 dns-message  NXDOMAIN
        GET     /dns-query?dns=***                                -          -              400 problem+json bad-parameter
        GET     /dns-query?dns=AA+A                               -          -              400 problem+json bad-parameter
        GET     /dns-query?dns={web.example}%20                   -          -              400 problem+json bad-parameter
        GET     /dns-query?dns={web.example}%0D%0A%20%09          -          -              400 problem+json bad-parameter
        GET     /dns-query                                        -          -              400 problem+json no-question
        GET     /dns-query?x=1                                    -          -              400 problem+json no-question
        GET     /dns-query?dns=                                   -          -              400 problem+json bad-parameter
        GET     /dns-query?dns={short}                            -          -              400 problem+json bad-message
        GET     /dns-query?dns={cut}                              -          -              400 problem+json bad-message
        GET     /dns-query?dns={trailing}                         -          -              400 problem+json bad-message
        GET     /dns-query?dns={looping}                          -          -              400 problem+json bad-message
        GET     /dns-query?dns={web.example}&dns={web.example}    -          -              400 problem+json bad-parameter
        GET     /dns-query?dns={web.example}&name=web.example     -          -              400 problem+json bad-parameter
        GET     /dns-query?dns={response}                         -          -              400 problem+json bad-message
        GET     /dns-query?dns={status-opcode}                    -          -              200 dns-message  NOTIMP
        GET     /dns-query?dns={two-questions}                    -          -              200 dns-message  FORMERR
        GET     /dns-query?dns={no-question}                      -          -              200 dns-message  FORMERR
        GET     /dns-query?dns=LONG                               -          -              414 problem+json target-too-long
        GET     /dns-query?name=web.example                       -          -              200 json         NOERROR
        GET     /dns-query?name=gone.example                      -          -              200 json         NXDOMAIN
        GET     /dns-query?name=fails.example                     -          -              200 json         SERVFAIL
        GET     /dns-query?name=throws.example                    -          -              200 json         SERVFAIL
        GET     /resolve?name=web.example                         -          -              200 json         NOERROR
        GET     /resolve?dns={web.example}                        -          -              400 problem+json no-question
        GET     /dns-query/ns/shop?dns={web.example}              -          -              200 dns-message  NOERROR
        GET     /dns-query/ns/nowhere?dns={web.example}           -          -              404 problem+json unknown-namespace
        GET     /dns-query/ns/early?dns={web.example}             -          -              503 problem+json not-synced
        GET     /dns-query?dns={web.example}&ns=nowhere           -          -              404 problem+json unknown-namespace
        GET     /dns-query/other                                  -          -              404 -            -
        GET     /dns-query/pod/shop/web-0?dns={web.example}       -          -              200 dns-message  NOERROR
        GET     /dns-query/pod/shop/nobody?dns={web.example}      -          -              404 problem+json unknown-pod
        GET     /dns-query/pod/nowhere/web-0?dns={web.example}    -          -              404 problem+json unknown-namespace
        GET     /dns-query/pod/early/web-0?dns={web.example}      -          -              503 problem+json not-synced
        GET     /dns-query/pod/shop/refused?dns={web.example}     -          -              503 problem+json pods-unread
        GET     /dns-query/pod/shop/coming?dns={web.example}      -          -              503 problem+json not-synced
        GET     /dns-query/pod/shop/off?dns={web.example}         -          -              404 problem+json pods-off
        GET     /dns-query?dns={web.example}&pod=shop/nobody      -          -              404 problem+json unknown-pod
        GET     /dns-query/pod/shop/web-0?dns={web.example}&ns=shop -        -              400 problem+json bad-parameter
        GET     /dns-query/pod/shop?dns={web.example}             -          -              404 -            -
        HEAD    /dns-query?dns={web.example}                      -          -              200 dns-message  -
        HEAD    /dns-query?dns={no-question}                      -          -              200 dns-message  -
        HEAD    /dns-query?name=web.example                       -          -              200 json         -
        HEAD    /dns-query                                        -          -              400 problem+json -
        POST    /dns-query                                        dns        web.example    200 dns-message  NOERROR
        POST    /dns-query                                        DNS;x=y    web.example    200 dns-message  NOERROR
        POST    /dns-query                                        dns        late.example   200 dns-message  NOERROR
        POST    /dns-query                                        dns        throws.example 200 dns-message  SERVFAIL
        POST    /dns-query                                        dns        status-opcode  200 dns-message  NOTIMP
        POST    /dns-query                                        dns        two-questions  200 dns-message  FORMERR
        POST    /dns-query                                        dns        response       400 problem+json bad-message
        POST    /dns-query                                        dns        empty          400 problem+json bad-message
        POST    /dns-query                                        dns        short          400 problem+json bad-message
        POST    /dns-query                                        text       web.example    415 problem+json unsupported-media-type
        POST    /dns-query                                        none       web.example    415 problem+json unsupported-media-type
        POST    /dns-query                                        gzip       web.example    415 problem+json unsupported-media-type
        POST    /dns-query                                        dns        large          413 problem+json message-too-large
        POST    /dns-query                                        chunked    large          413 problem+json message-too-large
        POST    /dns-query                                        chunked    web.example    200 dns-message  NOERROR
        POST    /dns-query?name=web.example                       dns        web.example    400 problem+json no-question
        POST    /dns-query/ns/nowhere                             dns        web.example    404 problem+json unknown-namespace
        POST    /dns-query/pod/shop/web-0                         dns        web.example    200 dns-message  NOERROR
        POST    /dns-query/pod/shop/coming                        dns        web.example    503 problem+json not-synced
        POST    /dns-query/pod/shop/nobody                        dns        web.example    404 problem+json unknown-pod
        POST    /resolve                                          dns        web.example    405 problem+json method-not-allowed
        PUT     /dns-query                                        dns        web.example    405 problem+json method-not-allowed
        DELETE  /dns-query                                        -          -              405 problem+json method-not-allowed
        OPTIONS /dns-query                                        -          -              204 -            -
        OPTIONS /resolve                                          -          -              204 -            -
        """;

    public static TheoryData<string, string> Requests()
    {
        var data = new TheoryData<string, string>();
        foreach (string row in Rows.Split('\n', StringSplitOptions.TrimEntries))
        {
            data.Add("1.1", row);
            data.Add("2.0", row);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Request_gets_its_status(string version, string row)
    {
        string[] cells = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        using HttpRequestMessage request = Request(cells[0], cells[1], cells[2], cells[3]);
        request.Version = Version.Parse(version);
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;

        using HttpResponseMessage response = await server.Client(version).SendAsync(request, TestContext.Current.CancellationToken);
        byte[] body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        Assert.Equal(cells[4], ((int)response.StatusCode).ToString());
        Assert.Equal(version, response.Version.ToString());
        Assert.Equal(cells[5] == "-" ? null : $"application/{cells[5]}", response.Content.Headers.ContentType?.MediaType);
        Assert.False(response.Headers.Contains("Server"));
        if (cells[0] is "HEAD" or "OPTIONS") Assert.Empty(body);
        if (cells[6] != "-") Assert.Equal(cells[6], Verdict(cells[5], body));
        if (response.StatusCode is HttpStatusCode.MethodNotAllowed or HttpStatusCode.NoContent)
            Assert.Equal(cells[1] == "/resolve" ? "GET, HEAD, OPTIONS" : "GET, HEAD, POST, OPTIONS", string.Join(
                ", ", response.Content.Headers.Allow));
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
            Assert.Equal(cells[6] == "pods-unread" ? "30" : "1", response.Headers.RetryAfter?.ToString());
        if (cells[5] == "problem+json") Assert.True(response.Headers.CacheControl?.NoStore);
        string? json = cells[5].EndsWith("json", StringComparison.Ordinal) ? System.Text.Encoding.UTF8.GetString(body) : null;
        Assert.Empty(ReplyRules.OfRepository.Differences(
            cells[0], response.RequestMessage!.RequestUri!.AbsolutePath, (int)response.StatusCode,
            response.Content.Headers.ContentType?.MediaType, json));
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Message_of_one_header_copies_id_opcode_and_recursion_desired(string version)
    {
        byte[] body = await server.Client(version).GetByteArrayAsync(
            $"/dns-query?dns={Messages.Encode(Messages.Named("status-opcode"))}", TestContext.Current.CancellationToken);

        Assert.Equal([0x12, 0x34, 0x91, 0x84, 0, 0, 0, 0, 0, 0, 0, 0], body);
    }

    [Theory]
    [InlineData("/dns-query?dns={web.example}")]
    [InlineData("/dns-query?name=web.example")]
    [InlineData("/dns-query?dns={two-questions}")]
    public async Task Head_has_the_headers_of_get(string target)
    {
        foreach (string version in (string[])["1.1", "2.0"])
        {
            using HttpRequestMessage get = Request("GET", target, "-", "-"), head = Request("HEAD", target, "-", "-");
            get.Version = head.Version = Version.Parse(version);
            using HttpResponseMessage whole = await server.Client(version).SendAsync(get, TestContext.Current.CancellationToken);
            using HttpResponseMessage empty = await server.Client(version).SendAsync(head, TestContext.Current.CancellationToken);

            Assert.Equal(whole.Content.Headers.ToString(), empty.Content.Headers.ToString());
            Assert.Equal(whole.Headers.CacheControl, empty.Headers.CacheControl);
            Assert.True(whole.Content.Headers.ContentLength > 0);
        }
    }

    [Fact]
    public async Task Client_that_goes_cancels_its_question()
    {
        using var gone = new CancellationTokenSource();
        Task<byte[]> reply = server.Client("2.0").GetByteArrayAsync(
            $"/dns-query?dns={Messages.Encode(Messages.Question("hangs.example"))}", gone.Token);
        await server.Resolver.Hanging.Task.WaitAsync(TestContext.Current.CancellationToken);
        await gone.CancelAsync();

        await server.Resolver.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reply);
    }

    private static HttpRequestMessage Request(string method, string target, string mediaType, string body)
    {
        int open = target.IndexOf('{');
        while (open >= 0)
        {
            int close = target.IndexOf('}');
            target = target[..open] + Messages.Encode(Messages.Named(target[(open + 1)..close])) + target[(close + 1)..];
            open = target.IndexOf('{');
        }

        var request = new HttpRequestMessage(new HttpMethod(method), target.Replace("LONG", new string('A', 17 * 1024)));
        if (body == "-") return request;
        request.Content = new ByteArrayContent(Messages.Named(body));
        request.Content.Headers.ContentType = mediaType switch
        {
            "none" => null,
            "text" => new MediaTypeHeaderValue("text/plain"),
            "DNS;x=y" => MediaTypeHeaderValue.Parse("Application/DNS-Message; x=y"),
            _ => new MediaTypeHeaderValue("application/dns-message"),
        };
        if (mediaType == "gzip") request.Content.Headers.ContentEncoding.Add("gzip");
        request.Headers.TransferEncodingChunked = mediaType == "chunked";
        return request;
    }

    private static string Verdict(string mediaType, byte[] body)
    {
        if (mediaType == "dns-message") return RcodeText.Write(MessageHeader.Read(body).Rcode);
        using var json = System.Text.Json.JsonDocument.Parse(body);
        return mediaType == "json"
            ? RcodeText.Write((Rcode)json.RootElement.GetProperty("Status").GetInt32())
            : json.RootElement.GetProperty("type").GetString()!["/problems/".Length..];
    }
}
