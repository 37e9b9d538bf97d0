using System.Net.Sockets;
using KubeDoH.Engine.Listeners;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Resolution;

namespace KubeDoH.Tests.Listeners;

/// <summary>Bytes that a datagram costs from its receipt to its reply, counted over the whole process: none for a hit.</summary>
[Collection(nameof(HeapAlone))]
public sealed class UdpAllocationTests(LoadedEngine engine) : IClassFixture<LoadedEngine>
{
    private const int Rounds = 2000;

    [Theory]
    [InlineData("db.corp.example", RecordType.A, 1232)]
    [InlineData("a.b.corp.example", RecordType.A, 0)]
    [InlineData("secco.dns-playground.svc.cluster.local", RecordType.A, 1232)]
    [InlineData("nobody.dns-playground.svc.cluster.local", RecordType.AAAA, 1232)]
    [InlineData("dns-playground.external", RecordType.A, 0)]
    [InlineData("184.195.101.10.in-addr.arpa", RecordType.PTR, 4096)]
    [InlineData("localhost", RecordType.A, 0)]
    [InlineData("www.example.com", RecordType.A, 1232)]
    public async Task Question_that_is_answered_at_once_costs_nothing(string name, RecordType type, ushort udpSize)
    {
        await using ClassicServer server = ClassicServer.Start(engine.Services.Resolver, s => s with { RepliesPerSecond = 1_000_000 });

        Assert.InRange(Measure(server, ClassicClient.Question(name, type, udpSize: udpSize)), 0, 1);
    }

    /// <summary>What is malformed costs nothing either, and what does not fit is cut without an allocation.</summary>
    [Fact]
    public async Task Error_and_truncated_reply_cost_nothing()
    {
        Answer large = StreamListenerTests.Large();
        await using ClassicServer server = ClassicServer.Start(new AnyResolver(_ => large));

        Assert.InRange(Measure(server, Api.Doh.HostileMessages.Make("questions 2")), 0, 1);
        Assert.InRange(Measure(server, ClassicClient.Question("web.example", RecordType.TXT, udpSize: 1232)), 0, 1);
    }

    /// <summary>Bytes a question: the least of three counts, as the process's own clockwork can only add to one.</summary>
    private static long Measure(ClassicServer server, byte[] question)
    {
        using Socket socket = ClassicClient.Connect(server.Udp);
        socket.ReceiveTimeout = 60_000;
        var reply = new byte[2048];
        Count();
        return Enumerable.Range(0, 3).Min(_ => Count());

        long Count()
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < Rounds; i++)
            {
                socket.Send(question);
                Assert.True(socket.Receive(reply) >= MessageHeader.Size);
            }

            return (GC.GetTotalAllocatedBytes(precise: true) - before) / Rounds;
        }
    }
}
