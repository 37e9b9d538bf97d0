using System.Text.RegularExpressions;

namespace KubeDoH.Tests.Abuse;

/// <summary>
/// Requests that two readers could take for different ones (RFC 9112 11.2): one reply at most, and never one to what was hidden.
/// </summary>
public sealed partial class AmbiguousRequestsTests(Clients.Playground playground) : IClassFixture<Clients.Playground>
{
    private const string Hidden = "GET /dns-query?name=localhost HTTP/1.1\r\nHost: a\r\n\r\n";

    private const string Post = "POST /dns-query HTTP/1.1\r\nHost: a\r\nContent-Type: application/dns-message\r\n";

    [Theory]
    [InlineData(Post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + Hidden)]
    [InlineData(Post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + Hidden)]
    [InlineData(Post + "Content-Length: 0\r\nContent-Length: 50\r\n\r\n" + Hidden)]
    [InlineData(Post + "Content-Length: 0, 50\r\n\r\n" + Hidden)]
    [InlineData(Post + "Content-Length: -1\r\n\r\n" + Hidden)]
    [InlineData(Post + "Content-Length: 0x5\r\n\r\n" + Hidden)]
    [InlineData(Post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + Hidden)]
    [InlineData(Post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + Hidden)]
    [InlineData(Post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + Hidden)]
    [InlineData(Post + "Transfer-Encoding: chunked\r\n\r\n0\n\n" + Hidden)]
    [InlineData(Post + "Transfer-Encoding: chunked\r\n\r\n0;\n\r\n" + Hidden)]
    [InlineData(Post + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n" + Hidden)]
    [InlineData(Post + "Transfer-Encoding: chunked\r\n\r\n-1\r\n" + Hidden)]
    [InlineData(Post + "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n" + Hidden)]
    [InlineData(Post + "Transfer-Encoding: chunked\r\n\r\n1\r\naa\r\n0\r\n\r\n" + Hidden)]
    [InlineData("GET /dns-query?name=localhost HTTP/1.1\nHost: a\n\n" + Hidden)]
    [InlineData("GET /dns-query?name=localhost HTTP/1.1\r\nHost: a\n\r\n" + Hidden)]
    [InlineData("GET /dns-query?name=localhost HTTP/1.1\r\nHost: a\r\n\n" + Hidden)]
    [InlineData("GET /dns-query?name=localhost HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n" + Hidden)]
    [InlineData("GET /dns-query?name=localhost HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n" + Hidden)]
    [InlineData("GET /dns-query?name=localhost HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n" + Hidden)]
    [InlineData("GET /dns-query?name=localhost HTTP/1.1\r\nHost: a\r\nX : a\r\n\r\n" + Hidden)]
    [InlineData("GET /dns-query?name=localhost HTTP/1.1\r\nHost: a\r\n: a\r\n\r\n" + Hidden)]
    [InlineData("GET /dns-query?name=localhost HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + Hidden)]
    [InlineData("GET /dns-query?name=localhost HTTP/1.1\r\n\r\n" + Hidden)]
    [InlineData("GET http://b/dns-query?name=localhost HTTP/1.1\r\nHost: a\r\n\r\n" + Hidden)]
    [InlineData("GET /dns-query?name=localhost HTTP/9.9\r\nHost: a\r\n\r\n" + Hidden)]
    [InlineData("GET  /dns-query?name=localhost HTTP/1.1\r\nHost: a\r\n\r\n" + Hidden)]
    [InlineData("GET\t/dns-query?name=localhost HTTP/1.1\r\nHost: a\r\n\r\n" + Hidden)]
    public async Task Ambiguous_request_is_refused_and_nothing_behind_it_is_read(string request)
    {
        RawConnection reply = await AskAsync(request);

        Assert.Matches(@"\AHTTP/1\.1 (400|505) ", reply.Text);
        Assert.Single(StatusLine().Matches(reply.Text));
        Assert.True(reply.Closed, "the connection is still open");
    }

    /// <summary>A body that a GET carries is not the next request (RFC 9110 9.3.1).</summary>
    [Fact]
    public async Task Body_of_a_GET_is_not_taken_for_a_request()
    {
        RawConnection reply = await AskAsync(
            $"GET /dns-query?name=localhost HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {Hidden.Length}\r\n\r\n{Hidden}");

        Assert.Equal(["HTTP/1.1 200"], StatusLine().Matches(reply.Text).Select(match => match.Value));
    }

    /// <summary>A method's case counts (RFC 9110 9.1).</summary>
    [Theory]
    [InlineData("head /dns-query?name=localhost", 405)]
    [InlineData("get /dns-query?name=localhost", 405)]
    [InlineData("Post /dns-query", 405)]
    [InlineData("head /resolve?name=localhost", 405)]
    [InlineData("head /dns-query/ns/default?name=localhost", 405)]
    [InlineData("options /dns-query", 405)]
    [InlineData("head /openapi/v1.yaml", 200)]
    public async Task Method_in_small_letters_is_another_one(string request, int status)
    {
        RawConnection reply = await AskAsync($"{request} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        Assert.Equal([$"HTTP/1.1 {status}"], StatusLine().Matches(reply.Text).Select(match => match.Value));
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_in_their_order()
    {
        string requests = string.Concat(
            Enumerable.Range(0, 500).Select(n => $"GET /dns-query?name=n{n}.localhost HTTP/1.1\r\nHost: a\r\n\r\n"));

        RawConnection reply = await AskAsync(
            requests + "GET /dns-query?name=last.localhost HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        IEnumerable<string> asked = Regex.Matches(reply.Text,
            @"""Question"":\[\{""name"":""(\w+)\.").Select(match => match.Groups[1].Value);
        Assert.Equal([.. Enumerable.Range(0, 500).Select(n => $"n{n}"), "last"], asked);
    }

    /// <summary>Kestrel takes the end of what a caller says for its leaving, and does not wait for it.</summary>
    [Theory]
    [InlineData(Hidden)]
    [InlineData("")]
    [InlineData("GET /dns-query?na")]
    [InlineData(Post + "Content-Length: 50\r\n\r\nabc")]
    public async Task Half_closed_connection_ends(string said)
    {
        using RawConnection caller = await RawConnection.OpenAsync(playground.Server, Door.Http, new Trust(playground.Server));
        if (said.Length > 0) await caller.SendAsync(said);
        caller.HalfClose();
        await caller.ReceiveAsync();

        Assert.True(caller.Closed, "the connection is still open");
    }

    private async Task<RawConnection> AskAsync(string request)
    {
        using RawConnection caller = await RawConnection.OpenAsync(playground.Server, Door.Http, new Trust(playground.Server));
        await caller.SendAsync(request);
        return await caller.ReceiveAsync();
    }

    [GeneratedRegex(@"HTTP/1\.1 \d{3}")]
    private static partial Regex StatusLine();
}
