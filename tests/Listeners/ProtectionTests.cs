using System.Net;
using System.Net.Sockets;
using KubeDoH.Engine.Listeners;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Replay;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Listeners;

/// <summary>Who is answered, and how often.</summary>
public sealed class ProtectionTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.255.0.1", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("192.0.2.1/32", "192.0.2.1", true)]
    [InlineData("192.0.2.1/32", "192.0.2.2", false)]
    [InlineData("0.0.0.0/0", "203.0.113.9", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("::/0", "203.0.113.9", false)]
    [InlineData("fc00::/7", "fd12::1", true)]
    [InlineData("fc00::/7", "fe80::1", false)]
    [InlineData("2001:db8::/127", "2001:db8::1", true)]
    [InlineData("2001:db8::/127", "2001:db8::2", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    public void Network_holds_its_addresses(string network, string address, bool holds) => Assert.Equal(
        holds, new AllowedNetworks([IPNetwork.Parse(network)]).Contains(ClientAddress.Unmapped(AddressKey.Of(IPAddress.Parse(address)))));

    [Fact]
    public async Task Client_outside_the_networks_is_refused_over_udp_and_closed_over_tcp()
    {
        await using ClassicServer server = ClassicServer.Start(
            new HeldResolver(), s => s with { Networks = [IPNetwork.Parse("10.0.0.0/8")] });

        Reply reply = Reply.Read(await ClassicClient.AskUdpAsync(server.Udp, ClassicClient.Question("web.example", udpSize: 1232)));
        using TcpClient tcp = await ClassicClient.ConnectTcpAsync(server.Tcp);

        Assert.Equal("REFUSED", reply.Rcode);
        Assert.Equal((18, "not for this network"), reply.ExtendedError);
        Assert.Null(await ClassicClient.ReadAsync(tcp.GetStream()));
    }

    /// <summary>A message of theirs that is no question gets nothing at all.</summary>
    [Fact]
    public async Task Client_outside_the_networks_gets_no_error_for_its_malformed_message()
    {
        await using ClassicServer server = ClassicServer.Start(
            new HeldResolver(), s => s with { Networks = [IPNetwork.Parse("10.0.0.0/8")] });
        using Socket socket = ClassicClient.Connect(server.Udp);

        await socket.SendAsync(Api.Doh.HostileMessages.Make("questions 2"), TestContext.Current.CancellationToken);
        await socket.SendAsync(ClassicClient.Question("web.example", id: 7), TestContext.Current.CancellationToken);

        Assert.Equal(7, MessageHeader.Read(await ClassicClient.ReceiveAsync(socket)).Id);
    }

    [Fact]
    public void Replies_beyond_the_rate_slip_through_empty_by_turns_until_the_next_second()
    {
        var time = new FakeTimeProvider();
        var rates = new ResponseRates(3, time, new Random(1));
        AddressKey client = AddressKey.Of(IPAddress.Parse("192.0.2.1")), neighbour = AddressKey.Of(IPAddress.Parse("192.0.2.200"));
        AddressKey other = AddressKey.Of(IPAddress.Parse("192.0.3.1")), sixth = AddressKey.Of(IPAddress.Parse("2001:db8::1"));

        Assert.Equal(
            [
                ReplyVerdict.Send, ReplyVerdict.Send, ReplyVerdict.Send, ReplyVerdict.Drop, ReplyVerdict.Slip, ReplyVerdict.Drop,
                ReplyVerdict.Slip,
            ],
            Enumerable.Range(0, 7).Select(i => rates.Judge(i % 2 == 0 ? client : neighbour)));
        Assert.Equal(ReplyVerdict.Send, rates.Judge(other));
        Assert.Equal(ReplyVerdict.Send, rates.Judge(sixth));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ReplyVerdict.Send, rates.Judge(client));
    }

    /// <summary>A million networks push none of the counts of another beyond its rate for long, and need no more memory than one.</summary>
    [Fact]
    public void Many_networks_are_counted_in_the_same_memory()
    {
        var rates = new ResponseRates(10, new FakeTimeProvider(), new Random(1));
        int kept = 0;
        for (uint i = 0; i < 1_000_000; i++)
            if (rates.Judge(new AddressKey((UInt128)i << 8, false)) != ReplyVerdict.Send) kept++;

        Assert.Equal(0, kept);
    }

    /// <summary>What a forger's victim gets: no more octets than were sent in its name, for half of the questions at most.</summary>
    [Fact]
    public async Task Flood_from_one_network_gets_less_back_than_it_sends_and_over_tcp_an_answer()
    {
        const int Questions = 400, Rate = 20;
        await using ClassicServer server = ClassicServer.Start(
            new HeldResolver(), s => s with { RepliesPerSecond = Rate }, new FakeTimeProvider());
        byte[] question = ClassicClient.Question("web.example", udpSize: 1232);
        using Socket socket = ClassicClient.Connect(server.Udp);
        for (int i = 0; i < Questions; i++) await socket.SendAsync(question, TestContext.Current.CancellationToken);

        int whole = 0, empty = 0;
        for (int i = 0; i < Rate + ((Questions - Rate) / 2); i++)
        {
            byte[] reply = await ClassicClient.ReceiveAsync(socket);
            MessageHeader header = MessageHeader.Read(reply);
            if (header.AnswerCount == 1) whole++;
            else empty++;
            Assert.Equal(header.AnswerCount == 0, header.Has(MessageHeader.Truncated));
            Assert.True(header.AnswerCount == 1 || reply.Length <= question.Length);
        }

        Assert.Equal((Rate, (Questions - Rate) / 2), (whole, empty));
        Assert.Equal(0, socket.Available);
        Assert.Equal(1, MessageHeader.Read(await ClassicClient.AskTcpAsync(server.Tcp, question)).AnswerCount);
    }

    /// <summary>Forged or not, each network has its own count: questions in the name of one take nothing from another.</summary>
    [Fact]
    public async Task Networks_are_counted_each_for_itself()
    {
        await using ClassicServer server = ClassicServer.Start(
            new HeldResolver(), s => s with { RepliesPerSecond = 2 }, new FakeTimeProvider());
        for (byte network = 1; network <= 50; network++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(new IPAddress([127, 9, network, 1]), 0));
            socket.Connect(server.Udp);
            for (ushort id = 1; id <= 4; id++)
                await socket.SendAsync(ClassicClient.Question("web.example", id: id), TestContext.Current.CancellationToken);
            for (int expected = 1; expected <= 2; expected++)
            {
                MessageHeader header = MessageHeader.Read(await ClassicClient.ReceiveAsync(socket));
                Assert.Equal((expected, 1), (header.Id, header.AnswerCount));
            }

            MessageHeader slipped = MessageHeader.Read(await ClassicClient.ReceiveAsync(socket));
            Assert.Equal((4, 0, true), (slipped.Id, slipped.AnswerCount, slipped.Has(MessageHeader.Truncated)));
        }
    }
}
