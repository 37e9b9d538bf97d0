using System.Diagnostics;

namespace KubeDoH.Tests.Abuse;

/// <summary>Callers who hold a connection by doing almost nothing on it.</summary>
public class SlowCallersTests
{
    private const int CallersOfAKind = 50;

    private const string PostHead = "POST /dns-query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/dns-message\r\n";

    /// <summary>Each begins so, and goes on with one octet every quarter of a second.</summary>
    private static readonly (string What, Door Door, byte[] Start)[] Kinds =
    [
        ("request line", Door.Http, "GET /"u8.ToArray()),
        ("headers", Door.Http, "GET /dns-query?name=secco HTTP/1.1\r\nX: "u8.ToArray()),
        ("headers over TLS", Door.Https, "GET /dns-query?name=secco HTTP/1.1\r\nX: "u8.ToArray()),
        ("body", Door.Http, Latin1(PostHead + "Content-Length: 1000\r\n\r\n")),
        ("body over TLS", Door.Https, Latin1(PostHead + "Content-Length: 1000\r\n\r\n")),
        ("chunked body", Door.Http, Latin1(PostHead + "Transfer-Encoding: chunked\r\n\r\n3e8\r\n")),
        ("body of an entry", Door.Http,
            Latin1("PUT /api/v1/entries/a.example/A HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: 1000\r\n\r\n")),
        ("handshake", Door.BareTls, [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]),
        ("HTTP/2 header block", Door.H2c, [.. Http2Frames.Preface, .. Http2Frames.Headers(
            1, [0x82], endHeaders: false), 0, 0xff, 0xff, 9, 0, 0, 0, 0, 1]),
        ("HTTP/2 body", Door.H2, [.. Http2Frames.Preface, .. Http2Frames.Headers(
            1, Http2Frames.Post(Door.H2)), 0, 3, 0xe8, 0, 0, 0, 0, 0, 1]),
    ];

    [Fact]
    public async Task Slow_callers_of_every_kind_are_cut_off()
    {
        await using Ordeal ordeal = await Ordeal.StartAsync();
        var callers = new List<(string What, RawConnection Connection)>();
        foreach ((string what, Door door, byte[] start) in Kinds)
        {
            RawConnection[] connections = await ordeal.OpenAsync(door, CallersOfAKind);
            foreach (RawConnection connection in connections) Assert.True(await connection.SendAsync(start));
            callers.AddRange(connections.Select(connection => (what, connection)));
        }

        await DripAsync(callers, TimeSpan.FromSeconds(25));

        Assert.Empty(callers.Where(caller => !caller.Connection.Closed).Select(caller => caller.What).Distinct());
        await ordeal.AssertUnharmedAsync();
    }

    [Fact]
    public async Task Callers_who_never_read_their_replies_cost_little()
    {
        await using Ordeal ordeal = await Ordeal.StartAsync();
        byte[] requests = Latin1(
            string.Concat(Enumerable.Repeat("GET /dns-query?name=localhost HTTP/1.1\r\nHost: localhost\r\n\r\n", 1000)));
        RawConnection[] callers = [.. await ordeal.OpenAsync(Door.Http, 10), .. await ordeal.OpenAsync(Door.Https, 10)];

        bool[] takenAll = await Task.WhenAll(callers.Select(SendOnAsync));

        Assert.DoesNotContain(true, takenAll);
        await ordeal.AssertUnharmedAsync();

        async Task<bool> SendOnAsync(RawConnection caller)
        {
            int sent = 0;
            while (sent < 1000 && await caller.SendAsync(requests, TimeSpan.FromSeconds(3))) sent++;
            return sent == 1000;
        }
    }

    /// <summary>Until all are cut off, or the time is over.</summary>
    private static async Task DripAsync(List<(string What, RawConnection Connection)> callers, TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (callers.Exists(caller => !caller.Connection.Closed) && Stopwatch.GetElapsedTime(start) < time)
        {
            foreach ((_, RawConnection connection) in callers) await connection.SendAsync("a"u8.ToArray());
            await pace.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    private static byte[] Latin1(string text) => System.Text.Encoding.Latin1.GetBytes(text);
}
