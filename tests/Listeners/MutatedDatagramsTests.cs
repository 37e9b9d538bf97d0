using System.Net.Sockets;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Fuzz;
using KubeDoH.Tests.Resolution;

namespace KubeDoH.Tests.Listeners;

/// <summary>Spoilt questions at the whole engine, as datagrams and in a stream.</summary>
public sealed class MutatedDatagramsTests(LoadedEngine engine) : IClassFixture<LoadedEngine>
{
    private const int Datagrams = 100_000, Streams = 2_000;

    /// <summary>After so many a question that is always answered: its reply shows that those before were taken.</summary>
    private const int Batch = 20;

    private static readonly byte[][] Sound =
    [
        ClassicClient.Question("db.corp.example", udpSize: 1232),
        ClassicClient.Question("a.b.corp.example"),
        ClassicClient.Question("secco.dns-playground.svc.cluster.local", RecordType.SRV, udpSize: 4096),
        ClassicClient.Question("184.195.101.10.in-addr.arpa", RecordType.PTR),
        ClassicClient.Question("localhost", RecordType.AAAA),
        ClassicClient.Question("nobody.invalid", RecordType.ANY, udpSize: 512),
    ];

    /// <summary>Every reply is a whole response of an id that was asked; the server stays up, and no bug is logged.</summary>
    [Fact]
    public async Task Datagrams_get_sound_replies_or_none()
    {
        await using ClassicServer server = ClassicServer.Start(engine.Services.Resolver);
        var random = new Random(7766);
        var mutation = new Mutation(random);
        using Socket socket = ClassicClient.Connect(server.Udp);
        int replies = 0;
        for (int sent = 0; sent < Datagrams; sent += Batch)
        {
            for (int i = 0; i < Batch; i++)
            {
                byte[] spoilt = Spoilt(random, mutation);
                await socket.SendAsync(spoilt, TestContext.Current.CancellationToken);
            }

            await socket.SendAsync(ClassicClient.Question("localhost", id: 0x4321), TestContext.Current.CancellationToken);
            while (true)
            {
                byte[] reply = await ClassicClient.ReceiveAsync(socket);
                Assert.InRange(reply.Length, MessageHeader.Size, 1232);
                Assert.True(MessageHeader.Read(reply).Has(MessageHeader.Response));
                replies++;
                if (MessageHeader.Read(reply).Id == 0x4321 && reply.Length == 43 && MessageHeader.Read(reply).AnswerCount == 1) break;
            }
        }

        Assert.InRange(replies, Datagrams / 4, 2 * Datagrams);
        Assert.DoesNotContain(server.Log.All, line => line.Contains("bug", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Streams_of_spoilt_frames_end_or_go_on()
    {
        await using ClassicServer server = ClassicServer.Start(engine.Services.Resolver);
        var random = new Random(1035);
        var mutation = new Mutation(random);
        for (int i = 0; i < Streams; i++)
        {
            using TcpClient client = await ClassicClient.ConnectTcpAsync(server.Tcp);
            NetworkStream stream = client.GetStream();
            byte[] frames = [.. Enumerable.Range(0, 3).SelectMany(_ => ClassicClient.Frame(Spoilt(random, mutation)))];
            await stream.WriteAsync(i % 2 == 0 ? frames : mutation.Spoil(frames, Sound[0]), TestContext.Current.CancellationToken);
            client.Client.Shutdown(SocketShutdown.Send);
            while (await ClassicClient.ReadAsync(stream) is { } reply) Assert.True(MessageHeader.Read(reply).Has(MessageHeader.Response));
        }

        byte[] last = await ClassicClient.AskTcpAsync(server.Tcp, ClassicClient.Question("localhost"));
        Assert.Equal(1, MessageHeader.Read(last).AnswerCount);
        Assert.DoesNotContain(server.Log.All, line => line.Contains("bug", StringComparison.Ordinal));
    }

    private static byte[] Spoilt(Random random, Mutation mutation) =>
        mutation.Spoil(Sound[random.Next(Sound.Length)], Sound[random.Next(Sound.Length)]);
}
