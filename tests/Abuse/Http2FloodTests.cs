namespace KubeDoH.Tests.Abuse;

/// <summary>
/// Frames without end (RFC 9113 10.5): each costs its sender next to nothing. An attacker sends so many of them as a server without
/// limits would take, and stops when it is sent away. The short form comes over TLS only, the long one in the clear, too.
/// </summary>
public class Http2FloodTests
{
    private const int Attackers = 4;

    /// <summary>What one attacker sends in all. The four together are above what memory may grow by.</summary>
    private const int MostOctets = 64 * 1024 * 1024;

    /// <summary>
    /// How each begins, how many streams a piece of it opens, and a piece, of some kilobytes, whose first stream has that number.
    /// </summary>
    private static readonly Dictionary<string, (Func<Door, byte[]> Start, int Streams, Func<Door, int, byte[]> Piece)> Floods = new()
    {
        ["rapid reset"] = (_ => Http2Frames.Preface, 200, (door, stream) => Many(
            200,
            n => [.. Http2Frames.Headers(stream + 2 * n, Http2Frames.Get(door), endStream: true), .. Http2Frames.Reset(stream + 2 * n)])),
        ["rapid reset of bodies"] = (_ => Http2Frames.Preface, 200, (door, stream) => Many(
            200, n => [.. Http2Frames.Headers(stream + 2 * n, Http2Frames.Post(door)), .. Http2Frames.Reset(stream + 2 * n)])),
        ["more streams than allowed"] = (_ => Http2Frames.Preface, 200, (door, stream) => Many(
            200, n => Http2Frames.Headers(stream + 2 * n, Http2Frames.Post(door)))),
        ["SETTINGS"] = (_ => Http2Frames.Preface, 0, (_, _) => Many(1000, n => Http2Frames.WindowSetting(65535 - n % 2))),
        ["PING"] = (_ => Http2Frames.Preface, 0, (_, _) => Many(1000, _ => Http2Frames.Ping())),
        ["CONTINUATION"] = (door => [.. Http2Frames.Preface, .. Http2Frames.Headers(1, Http2Frames.Get(door), endHeaders: false)], 0,
            (_, _) => Http2Frames.Continuation(1, [.. Many(16, _ => Http2Frames.Indexed("x", new string('a', 1000)))])),
        ["empty CONTINUATION"] = (door => [.. Http2Frames.Preface, .. Http2Frames.Headers(1, Http2Frames.Get(door), endHeaders: false)], 0,
            (_, _) => Many(1000, _ => Http2Frames.Continuation(1, []))),
        ["empty DATA"] = (door => [.. Http2Frames.Preface, .. Http2Frames.Headers(1, Http2Frames.Post(door))], 0, (_, _) => Many(
            1000, _ => Http2Frames.Data(1, []))),
        ["DATA over the window"] = (door => [.. Http2Frames.Preface, .. Http2Frames.Headers(
            1, Http2Frames.Post(door))], 0, (_, _) => Http2Frames.Data(1, new byte[16384])),
        ["PRIORITY"] = (_ => Http2Frames.Preface, 0, (_, _) => Many(1000, n => Http2Frames.Priority(2 * n + 1))),
        ["WINDOW_UPDATE"] = (_ => Http2Frames.Preface, 0, (_, _) => Many(1000, _ => Http2Frames.WindowUpdate(0, 1))),
        ["window that overflows"] = (_ => Http2Frames.Preface, 0, (_, _) => Http2Frames.WindowUpdate(0, int.MaxValue)),
        ["unknown frames"] = (_ => Http2Frames.Preface, 0, (_, _) => Http2Frames.Frame(0xfa, 0, 0, new byte[16384])),
        ["frame larger than allowed"] = (_ => Http2Frames.Preface, 0, (_, _) => Http2Frames.Frame(0xfa, 0, 0, new byte[1 << 20])),
        ["header table larger than allowed"] = (_ => Http2Frames.Preface, 200, (door, stream) => Many(
            200, n => Http2Frames.Headers(stream + 2 * n, [0x3f, 0xff, 0xff, 0x7f, .. Http2Frames.Get(door)]))),
    };

    public static TheoryData<string, Door> Names =>
        new(Floods.Keys.SelectMany(_ => Doors, (name, door) => new TheoryDataRow<string, Door>(name, door)));

    private static Door[] Doors => LongForm.IsOn ? [Door.H2, Door.H2c] : [Door.H2];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Flood_harms_nobody(string name, Door door)
    {
        await using Ordeal ordeal = await Ordeal.StartAsync();
        (Func<Door, byte[]> start, int streams, Func<Door, int, byte[]> piece) = Floods[name];

        await Task.WhenAll((await ordeal.OpenAsync(door, Attackers)).Select(AttackAsync));

        await ordeal.AssertUnharmedAsync();

        async Task AttackAsync(RawConnection attacker)
        {
            await attacker.SendAsync(start(door));
            Task<RawConnection> replies = attacker.ReceiveAsync(a => a.IsSentAway);
            int stream = 1;
            using var time = new CancellationTokenSource(LongForm.IsOn ? TimeSpan.FromSeconds(10) : TimeSpan.FromSeconds(1));
            for (int sent = 0; sent < MostOctets && !time.IsCancellationRequested && !replies.IsCompleted; stream += 2 * streams)
            {
                byte[] octets = piece(door, stream);
                if (!await attacker.SendAsync(octets)) break;
                sent += octets.Length;
            }

            attacker.Dispose();
            await replies;
        }
    }

    /// <summary>
    /// A field of 3 KB in the dynamic table (RFC 7541 4), then named 16,000 times by one octet each: 48 MB of headers in 16 KB.
    /// </summary>
    [Theory]
    [InlineData(Door.H2c)]
    [InlineData(Door.H2)]
    public async Task Headers_that_unfold_are_counted_as_they_unfold(Door door)
    {
        await using Ordeal ordeal = await Ordeal.StartAsync();
        byte[] block = [.. Http2Frames.Get(door), .. Http2Frames.Indexed("x", new string('a', 3000)), .. Enumerable.Repeat(
            (byte)(0x80 | 62), 13_000)];

        RawConnection[] attackers = await ordeal.OpenAsync(door, Attackers);
        foreach (RawConnection attacker in attackers)
        {
            await attacker.SendAsync([.. Http2Frames.Preface, .. Http2Frames.Headers(1, block, endStream: true)]);
            await attacker.ReceiveAsync(a => a.IsSentAway);
            Assert.True(attacker.IsSentAway || attacker.Closed, "the headers were taken");
        }

        await ordeal.AssertUnharmedAsync();
    }

    /// <summary>Replies wait for a window that never opens (RFC 9113 6.9.2), on as many streams as there may be.</summary>
    [Fact]
    public async Task Window_that_stays_shut_holds_no_reply_for_long()
    {
        await using Ordeal ordeal = await Ordeal.StartAsync();
        byte[] questions = Many(100, n => Http2Frames.Headers(2 * n + 1, Http2Frames.Get(Door.H2c), endStream: true));

        RawConnection[] attackers = await ordeal.OpenAsync(Door.H2c, 20);
        foreach (RawConnection attacker in attackers)
            await attacker.SendAsync([.. Http2Frames.Preface, .. Http2Frames.WindowSetting(0), .. questions]);
        await Task.WhenAll(attackers.Select(attacker => attacker.ReceiveAsync()));

        Assert.All(attackers, attacker => Assert.True(attacker.Closed, "the connection is still open"));
        await ordeal.AssertUnharmedAsync();
    }

    private static byte[] Many(int count, Func<int, byte[]> frame) => [.. Enumerable.Range(0, count).SelectMany(frame)];
}
