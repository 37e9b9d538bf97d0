using System.Text;

namespace KubeDoH.Tests.Abuse;

/// <summary>
/// Requests with more of something than is read. The endless ones stop at 64 MiB each, which eight times is above what memory may grow by.
/// </summary>
public class LargeRequestsTests
{
    private const int Attackers = 8;

    private const int Pieces = 1024;

    private static readonly byte[] Piece = Encoding.Latin1.GetBytes(new string('a', 64 * 1024));

    private static readonly byte[] Chunk = [.. "10000\r\n"u8, .. Piece, .. "\r\n"u8];

    public static TheoryData<string, Door, string, string> Endless => new()
    {
        { "GET /", Door.Http, "", "414" },
        { "GET /", Door.Https, "", "414" },
        { "GET / HTTP/1.1\r\nHost: localhost\r\nX: ", Door.Http, "", "431" },
        { "GET / HTTP/1.1\r\nHost: localhost\r\n", Door.Https, "a: b\r\n", "431" },
        { "POST /dns-query HTTP/1.1\r\nHost: a\r\nContent-Type: application/dns-message\r\nTransfer-Encoding: "
            + "chunked\r\n\r\n", Door.Http, "chunk", "413" },
        { "POST /dns-query HTTP/1.1\r\nHost: a\r\nContent-Type: application/dns-message\r\nTransfer-Encoding: "
            + "chunked\r\n\r\n", Door.Https, "chunk", "413" },
        { "POST /dns-query HTTP/1.1\r\nHost: a\r\nContent-Type: application/dns-message\r\nContent-Length: "
            + "99999999\r\n\r\n", Door.Http, "", "413" },
        { "POST /dns-query HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nTransfer-Encoding: "
            + "chunked\r\n\r\n", Door.Http, "chunk", "415" },
        { "PUT /api/v1/entries/a.example/A HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: "
            + "chunked\r\n\r\n1\r\n\"\r\n", Door.Http, "chunk", "413" },
        { "PUT /api/v1/entries/a.example/A HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
            + "99999999\r\n\r\n\"", Door.Https, "", "413" },
        { "GET /nowhere HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", Door.Http, "chunk", "404" },
    };

    [Theory]
    [MemberData(nameof(Endless))]
    public async Task Endless_request_is_refused_and_no_longer_read(string start, Door door, string more, string status)
    {
        await using Ordeal ordeal = await Ordeal.StartAsync();
        byte[] piece = more switch
        {
            "" => Piece,
            "chunk" => Chunk,
            _ => Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(more, Piece.Length / more.Length))),
        };

        await Task.WhenAll((await ordeal.OpenAsync(door, Attackers)).Select(AttackAsync));

        await ordeal.AssertUnharmedAsync();

        async Task AttackAsync(RawConnection attacker)
        {
            await attacker.SendAsync(start);
            Task<RawConnection> reply = attacker.ReceiveAsync();
            int sent = 0;
            while (sent < Pieces && await attacker.SendAsync(piece)) sent++;
            await reply;
            Assert.True(sent < Pieces, "the server read it all");
            Assert.True(attacker.Closed, "the connection is still open");
            Assert.StartsWith($"HTTP/1.1 {status} ", attacker.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("GET /dns-query?name={0} HTTP/1.1\r\nHost: localhost\r\n\r\n", 40_000, "414")]
    [InlineData("GET /dns-query?name={0} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 20_000, "414")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\nX: {0}\r\n\r\n", 60_000, "431")]
    [InlineData("POST /dns-query HTTP/1.1\r\nHost: a\r\nContent-Type: application/dns-message\r\nContent-Length: 65536\r\nConnection: "
        + "close\r\n\r\n{0}", 65_536, "413")]
    public async Task Request_over_a_limit_is_refused(string form, int length, string status)
    {
        await using Ordeal ordeal = await Ordeal.StartAsync();
        foreach (Door door in (Door[])[Door.Http, Door.Https])
        {
            RawConnection[] callers = await ordeal.OpenAsync(door, Attackers);
            await Task.WhenAll(callers.Select(async caller =>
            {
                await caller.SendAsync(form.Replace("{0}", new string('a', length), StringComparison.Ordinal));
                await caller.ReceiveAsync();
                Assert.StartsWith($"HTTP/1.1 {status} ", caller.Text, StringComparison.Ordinal);
            }));
        }

        await ordeal.AssertUnharmedAsync();
    }

    [Fact]
    public async Task More_headers_than_are_read_are_refused()
    {
        await using Ordeal ordeal = await Ordeal.StartAsync();
        string headers = string.Concat(Enumerable.Range(0, 65).Select(n => $"X-{n}: a\r\n"));

        RawConnection caller = await ordeal.OpenAsync(Door.Http);
        await caller.SendAsync($"GET /dns-query?name=localhost HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
        await caller.ReceiveAsync();

        Assert.StartsWith("HTTP/1.1 431 ", caller.Text, StringComparison.Ordinal);
        await ordeal.AssertUnharmedAsync();
    }
}
