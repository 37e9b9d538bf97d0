using System.Net;
using System.Net.Sockets;
using KubeDoH.Engine.Forward.Exchanges;

namespace KubeDoH.Tests.Forward;

/// <summary>Datagrams that come in and leave together.</summary>
public sealed class UdpBatchTests : IDisposable
{
    private const int Size = 16;

    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 10_000 };
    private readonly Socket _client = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };

    public UdpBatchTests()
    {
        _server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _client.Connect(_server.LocalEndPoint!);
        _server.Connect(_client.LocalEndPoint!);
    }

    [Fact]
    public void Those_that_were_added_leave_in_their_order_and_only_once()
    {
        var batch = new UdpBatch(8, Size);
        for (byte round = 0; round < 2; round++)
        {
            for (byte i = 0; i < 8; i++) batch.Add([round, i, .. new byte[i]]);
            Assert.Equal(SocketError.Success, batch.Send(_client));
            byte[] room = new byte[64];
            for (byte i = 0; i < 8; i++)
            {
                Assert.Equal(2 + i, _server.Receive(room));
                Assert.Equal((round, i), (room[0], room[1]));
            }
        }

        Assert.Equal(SocketError.Success, batch.Send(_client));
        Assert.Equal(0, _server.Available);
    }

    [Fact]
    public void Those_that_have_come_are_taken_as_far_as_there_is_room()
    {
        var batch = new UdpBatch(8, Size);
        for (byte i = 0; i < 11; i++) _server.Send([i, .. new byte[i]]);
        Assert.Equal(8, batch.Receive(_client, out SocketError error));
        Assert.Equal(SocketError.Success, error);
        Assert.All(Enumerable.Range(0, 8), i => Assert.Equal((1 + i, i), (batch[i].Length, batch[i][0])));
        Assert.Equal(3, batch.Receive(_client, out _));
        Assert.Equal([8, 9, 10], [batch[0][0], batch[1][0], batch[2][0]]);
    }

    [Fact]
    public void Longer_one_is_cut()
    {
        var batch = new UdpBatch(2, Size);
        _server.Send(new byte[Size + 1]);
        Assert.Equal(1, batch.Receive(_client, out _));
        Assert.Equal(Size, batch[0].Length);
    }

    [Fact]
    public void Nothing_there_is_no_failure()
    {
        Assert.Equal(0, new UdpBatch(2, Size).Receive(_client, out SocketError error));
        Assert.Equal(SocketError.WouldBlock, error);
    }

    [Fact]
    public void Nobody_there_is_one()
    {
        _server.Dispose();
        var batch = new UdpBatch(2, Size);
        batch.Add([1]);
        Assert.Equal(SocketError.Success, batch.Send(_client));
        Assert.Equal(0, batch.Receive(_client, out SocketError error));
        Assert.True(error is not (SocketError.Success or SocketError.WouldBlock), $"{error}");
    }

    [Fact]
    public void Closed_socket_says_so()
    {
        var batch = new UdpBatch(2, Size);
        _client.Dispose();
        batch.Add([1]);
        Assert.Throws<ObjectDisposedException>(() => batch.Send(_client));
    }

    public void Dispose()
    {
        _server.Dispose();
        _client.Dispose();
    }
}
