using System.Net;
using System.Net.Sockets;
using KubeDoH.Engine.Listeners;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Api.Doh;
using KubeDoH.Tests.Fakes;

namespace KubeDoH.Tests.Listeners;

/// <summary>A reply leaves from the address that was asked: a client's connected socket takes no other.</summary>
public sealed class ReplyAddressTests
{
    /// <summary>The question to a listener of every address of IPv4, or of both families, comes from elsewhere on this machine.</summary>
    [Theory]
    [InlineData("0.0.0.0", "127.0.0.1")]
    [InlineData("0.0.0.0", "127.0.0.9")]
    [InlineData("::", "127.0.0.1")]
    [InlineData("::", "127.1.2.3")]
    [InlineData("::", "::1")]
    public async Task Wildcard_listener_replies_from_the_address_asked(string listen, string asked)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6 || !listen.Contains(':'), "no IPv6 here");
        var resolver = new HeldResolver();
        await using ClassicServer server = ClassicServer.Start(
            resolver, s => s with { Dns = [new DnsEndpoint(new IPEndPoint(IPAddress.Parse(listen), 0))] });
        using Socket socket = ClassicClient.Connect(new IPEndPoint(IPAddress.Parse(asked), server.Udp.Port));

        int[] ids = await resolver.HoldOneOfTwoAsync(socket);

        Assert.Equal([2, 1], ids);
        byte[] overTcp = await ClassicClient.AskTcpAsync(
            new IPEndPoint(IPAddress.Parse(asked), server.Tcp.Port), ClassicClient.Question("b.example"));
        Assert.Equal(1, MessageHeader.Read(overTcp).AnswerCount);
    }

    /// <summary>The loop of other systems, which this one can run as well.</summary>
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("0.0.0.0")]
    public async Task Plain_loop_answers_at_once_and_later_and_stops(string listen)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6 || !listen.Contains(':'), "no IPv6 here");
        var resolver = new HeldResolver();
        var rules = new UdpRules(
            new Responder(resolver, null, new LogLines()),
            new AllowedNetworks([IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")]), null, 100);
        using UdpListener listener = UdpListener.Bind(new IPEndPoint(IPAddress.Parse(listen), 0), rules, plain: true);
        listener.Start();
        IPAddress asked = listen == "0.0.0.0" ? IPAddress.Loopback : IPAddress.Parse(listen);
        using Socket socket = ClassicClient.Connect(new IPEndPoint(asked, listener.EndPoint.Port));

        await socket.SendAsync(ClassicClient.Question("a.held", id: 1), TestContext.Current.CancellationToken);
        await resolver.HoldingAsync(1);
        await socket.SendAsync(new byte[30_000], TestContext.Current.CancellationToken);
        await socket.SendAsync(ClassicClient.Question("b.example", id: 2), TestContext.Current.CancellationToken);
        byte[] malformed = await ClassicClient.ReceiveAsync(socket), atOnce = await ClassicClient.ReceiveAsync(socket);
        Task stopping = listener.StopAsync();
        resolver.Release();
        byte[] later = await ClassicClient.ReceiveAsync(socket);
        await stopping.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.Equal(Rcode.FormErr, MessageHeader.Read(malformed).Rcode);
        Assert.Equal([2, 1], new[] { atOnce, later }.Select(reply => (int)MessageHeader.Read(reply).Id));
    }

    /// <summary>Many clients at once: between the loops of a port nothing gets lost or mixed up.</summary>
    [Fact]
    public async Task Every_client_gets_its_own_replies()
    {
        const int Clients = 16, Questions = 200;
        await using ClassicServer server = ClassicServer.Start(new HeldResolver());

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            using Socket socket = ClassicClient.Connect(server.Udp);
            for (int i = 0; i < Questions; i++)
            {
                byte[] question = ClassicClient.Question($"n{client}-{i}.example", id: (ushort)i);
                await socket.SendAsync(question, TestContext.Current.CancellationToken);
                byte[] reply = await ClassicClient.ReceiveAsync(socket);
                Assert.Equal(i, MessageHeader.Read(reply).Id);
                Assert.Equal(question[MessageHeader.Size..], reply[MessageHeader.Size..question.Length]);
            }
        }));
    }

    [Fact]
    public async Task Listener_with_a_view_asks_from_there_and_the_one_beside_it_does_not()
    {
        var resolver = new ScriptedResolver();
        var views = new ScriptedViews();
        await using ClassicServer server = ClassicServer.Start(resolver, view: query =>
        {
            Assert.Equal(KubeDoH.Engine.Views.ViewVerdict.Found, views.TryNamespace("shop", out ClientView view));
            query.View = view;
            return null;
        });
        await using ClassicServer plain = ClassicServer.Start(resolver);

        await ClassicClient.AskUdpAsync(server.Udp, ClassicClient.Question("web.example"));
        Assert.Equal("shop", resolver.LastView.Namespace);
        await ClassicClient.AskUdpAsync(plain.Udp, ClassicClient.Question("web.example"));
        Assert.Null(resolver.LastView.Namespace);
        await ClassicClient.AskTcpAsync(server.Tcp, ClassicClient.Question("web.example"));
        Assert.Equal("shop", resolver.LastView.Namespace);
    }
}
