using System.Net.Sockets;
using KubeDoH.Engine.Listeners;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Listeners;

/// <summary>What connections may not do for long, and how many there may be. The clock stands still until a test moves it.</summary>
public sealed class StreamLimitTests
{
    /// <summary>Within every limit but those that it is repeated for.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(9);

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Stopped => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Quiet_connection_is_closed_and_one_that_asks_is_not()
    {
        await using ClassicServer server = ClassicServer.Start(new HeldResolver(), time: _time);
        using TcpClient quiet = await AskedAsync(server), busy = await AskedAsync(server);

        for (int i = 0; i < 4; i++)
        {
            _time.Advance(Step);
            await AskAsync(busy);
        }

        Assert.Null(await ClassicClient.ReadAsync(quiet.GetStream()));
        await AskAsync(busy);
    }

    [Fact]
    public async Task Question_that_comes_too_slowly_ends_its_connection()
    {
        await using ClassicServer server = ClassicServer.Start(
            new HeldResolver(), s => s with { Limits = new ListenerLimits { Idle = TimeSpan.FromHours(1) } }, _time);
        using TcpClient slow = await AskedAsync(server);

        // Each octet comes soon after the one before; the question as a whole does not.
        byte[] frame = ClassicClient.Frame(Api.Doh.HostileMessages.Make("length 60000"));
        int sent = 0;
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            for (; sent < frame.Length; sent++)
            {
                await slow.GetStream().WriteAsync(frame.AsMemory(sent, 1), Stopped);
                _time.Advance(TimeSpan.FromSeconds(1));
            }
        });

        Assert.InRange(sent, 10, frame.Length - 1);
    }

    [Fact]
    public async Task Connection_that_waits_for_its_answer_is_not_idle()
    {
        var resolver = new HeldResolver();
        await using ClassicServer server = ClassicServer.Start(resolver, time: _time);
        using TcpClient client = await ClassicClient.ConnectTcpAsync(server.Tcp);
        await client.GetStream().WriteAsync(ClassicClient.Frame(ClassicClient.Question("a.held")), Stopped);
        await resolver.HoldingAsync(1);

        _time.Advance(TimeSpan.FromMinutes(2));
        resolver.Release();

        Assert.Equal(1, MessageHeader.Read(await ClassicClient.ReadAsync(client.GetStream())).AnswerCount);
    }

    [Fact]
    public async Task Connection_has_an_end_however_busy_it_is()
    {
        await using ClassicServer server = ClassicServer.Start(new HeldResolver(), time: _time);
        using TcpClient client = await AskedAsync(server);

        for (int i = 0; i < 3600 / Step.TotalSeconds; i++)
        {
            _time.Advance(Step);
            await AskAsync(client);
        }

        _time.Advance(Step);

        await EndedAsync(client);
    }

    /// <summary>It asks for large answers and reads none: what waits for it is bounded, and it is cut off.</summary>
    [Fact]
    public async Task Client_that_does_not_read_is_cut_off()
    {
        Answer large = StreamListenerTests.Large();
        await using ClassicServer server = ClassicServer.Start(new AnyResolver(_ => large), time: _time);
        using var client = new TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(server.Tcp, Stopped);
        byte[] frame = ClassicClient.Frame(ClassicClient.Question("web.example", RecordType.TXT));

        Task flood = FloodAsync();
        while (!flood.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await Assert.ThrowsAnyAsync<IOException>(() => flood);

        async Task FloodAsync()
        {
            while (true) await client.GetStream().WriteAsync(frame, Stopped);
        }
    }

    [Fact]
    public async Task Client_has_so_many_connections_and_room_again_when_one_ends()
    {
        await using ClassicServer server = ClassicServer.Start(
            new HeldResolver(), s => s with { Limits = new ListenerLimits { ConnectionsPerClient = 3 } }, _time);
        var clients = new List<TcpClient>();
        for (int i = 0; i < 3; i++) clients.Add(await AskedAsync(server));

        using TcpClient fourth = await ClassicClient.ConnectTcpAsync(server.Tcp);
        Assert.Null(await ClassicClient.ReadAsync(fourth.GetStream()));
        NetworkStream first = clients[0].GetStream();
        clients[0].Client.Shutdown(SocketShutdown.Send);
        Assert.Null(await ClassicClient.ReadAsync(first));

        await AskAgainAsync(server);
        clients.ForEach(client => client.Dispose());
    }

    /// <summary>
    /// Connections that never ask anything fill the table; who comes then takes the place of the oldest of them, and nobody's who asked.
    /// </summary>
    [Fact]
    public async Task Flood_of_idle_connections_keeps_nobody_out()
    {
        const int Room = 50;
        await using ClassicServer server = ClassicServer.Start(
            new HeldResolver(), s => s with { Limits = new ListenerLimits { Connections = Room, ConnectionsPerClient = 10 * Room } },
            _time);
        using TcpClient regular = await AskedAsync(server);
        var flood = new List<TcpClient>();
        for (int i = 0; i < 4 * Room; i++)
        {
            flood.Add(await ClassicClient.ConnectTcpAsync(server.Tcp));
            if (i % Room == 0) await AskAsync(regular);
        }

        using TcpClient newcomer = await AskedAsync(server);
        await AskAsync(regular);
        await EndedAsync(flood[0]);
        flood.ForEach(client => client.Dispose());
    }

    /// <summary>Waits for a connection that takes a question where the place of another becomes free soon.</summary>
    private static async Task AskAgainAsync(ClassicServer server)
    {
        while (true)
        {
            using TcpClient client = await ClassicClient.ConnectTcpAsync(server.Tcp);
            try
            {
                await client.GetStream().WriteAsync(ClassicClient.Frame(ClassicClient.Question("web.example")), Stopped);
            }
            catch (IOException)
            {
                continue;
            }

            if (await ClassicClient.ReadAsync(client.GetStream()) is not null) return;
        }
    }

    private static async Task<TcpClient> AskedAsync(ClassicServer server)
    {
        TcpClient client = await ClassicClient.ConnectTcpAsync(server.Tcp);
        await AskAsync(client);
        return client;
    }

    private static async Task AskAsync(TcpClient client)
    {
        await client.GetStream().WriteAsync(ClassicClient.Frame(ClassicClient.Question("web.example")), Stopped);
        Assert.Equal(1, MessageHeader.Read(await ClassicClient.ReadAsync(client.GetStream())).AnswerCount);
    }

    private static async Task EndedAsync(TcpClient client) => Assert.Null(await ClassicClient.ReadAsync(client.GetStream()));
}
