namespace KubeDoH.Tests.Abuse;

/// <summary>
/// Connections that do nothing, more of them than anybody needs. The long form opens 10,000 instead of 2,000.
/// </summary>
public class IdleConnectionsTests
{
    private static readonly int Count = LongForm.IsOn ? 10_000 : 2_000;

    /// <summary>What a connection costs at most over TLS, its handshake included.</summary>
    private const long MostEach = 64 * 1024;

    [Fact]
    public async Task Thousands_of_idle_connections_cost_little_and_disturb_nobody()
    {
        await using Ordeal ordeal = await Ordeal.StartAsync();
        RawConnection[] idle =
        [
            .. await OpenInTurnAsync(ordeal, Door.Http, Count / 2),
            .. await OpenInTurnAsync(ordeal, Door.Https, Count / 4),
            .. await OpenInTurnAsync(ordeal, Door.H2, Count / 4),
        ];

        Assert.All(idle, connection => Assert.False(connection.Closed));
        RawConnection one = idle[^1];
        Assert.True(await one.SendAsync([.. Http2Frames.Preface, .. Http2Frames.Headers(1, Http2Frames.Get(Door.H2), endStream: true)]));
        await one.ReceiveAsync(c => Http2Frames.Read(c.Received).Any(frame => frame.Type == 1));
        Assert.Contains(Http2Frames.Read(one.Received), frame => frame.Type == 1);
        await ordeal.AssertUnharmedAsync(Ordeal.MostGrowth + Count * MostEach);
    }

    /// <summary>The server may open 1,000 files and gets 2,000 connections: those that are quiet for longest lose their place.</summary>
    [Theory]
    [InlineData(Door.Http)]
    [InlineData(Door.H2c)]
    [InlineData(Door.BareTls)]
    public async Task Flood_of_more_connections_than_there_is_room_for_takes_its_own_places(Door door)
    {
        await using Ordeal ordeal = await Ordeal.StartAsync("sh", "-c", "ulimit -n 1000; exec \"$@\"", "sh");

        RawConnection[] flood = await OpenInTurnAsync(ordeal, door, 2000, atOnce: 10);
        await flood[0].ReceiveAsync();
        await flood[500].ReceiveAsync();

        Assert.True(flood[0].Closed, "the first is still open");
        Assert.True(flood[500].Closed, "the five hundredth is still open");
        await ordeal.AssertUnharmedAsync();
    }

    /// <param name="atOnce">So few that none waits in the server's queue, and that the room is not new within somebody's handshake.</param>
    private static async Task<RawConnection[]> OpenInTurnAsync(Ordeal ordeal, Door door, int count, int atOnce = 50)
    {
        var opened = new List<RawConnection>(count);
        while (opened.Count < count) opened.AddRange(await ordeal.OpenAsync(door, Math.Min(atOnce, count - opened.Count)));
        return [.. opened];
    }
}
