using System.Net;
using System.Net.Sockets;
using KubeDoH.Engine.Listeners;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Api.Doh;
using KubeDoH.Tests.Fakes;
using KubeDoH.Tests.Replay;

namespace KubeDoH.Tests.Listeners;

/// <summary>What comes back for a datagram, and what does not.</summary>
public sealed class UdpListenerTests
{
    /// <summary>Every kind of message that is no sound question, with the reply's response code; null where there must be none.</summary>
    [Theory]
    [InlineData("response", null)]
    [InlineData("opcode 0", "NOERROR")]
    [InlineData("opcode 2", "NOTIMP")]
    [InlineData("opcode 4", "NOTIMP")]
    [InlineData("opcode 5", "NOTIMP")]
    [InlineData("opcode 15", "NOTIMP")]
    [InlineData("class 3", "REFUSED")]
    [InlineData("class 254", "REFUSED")]
    [InlineData("class 255", "REFUSED")]
    [InlineData("type 252", "REFUSED")]
    [InlineData("type 251", "REFUSED")]
    [InlineData("type 0", "FORMERR")]
    [InlineData("type 41", "FORMERR")]
    [InlineData("questions 2", "FORMERR")]
    [InlineData("questions 0", "FORMERR")]
    [InlineData("counts", "FORMERR")]
    [InlineData("answer", "FORMERR")]
    [InlineData("authority", "FORMERR")]
    [InlineData("trailing", "FORMERR")]
    [InlineData("rdlength", "FORMERR")]
    [InlineData("label-cut", "FORMERR")]
    [InlineData("label-type 01", "FORMERR")]
    [InlineData("pointer 12", "FORMERR")]
    [InlineData("opt twice", "FORMERR")]
    [InlineData("opt owned", "FORMERR")]
    [InlineData("opt cut", "FORMERR")]
    [InlineData("opt option-half", "FORMERR")]
    [InlineData("opt version", "BADVERS")]
    [InlineData("length 4096", "NOERROR")]
    [InlineData("length 4097", "FORMERR")]
    [InlineData("length 30000", "FORMERR")]
    public async Task Message_gets_its_response_code(string kind, string? rcode)
    {
        await using ClassicServer server = ClassicServer.Start(Rules(new ScriptedResolver()));
        byte[] message = HostileMessages.Make(kind);
        using Socket socket = ClassicClient.Connect(server.Udp);

        await socket.SendAsync(message, TestContext.Current.CancellationToken);
        await socket.SendAsync(ClassicClient.Question("web.example", id: 7), TestContext.Current.CancellationToken);
        byte[] reply = await ClassicClient.ReceiveAsync(socket);

        MessageHeader header = MessageHeader.Read(reply);
        Assert.True(header.Has(MessageHeader.Response));
        if (rcode is null)
        {
            Assert.Equal(7, header.Id); // The first reply is the second question's.
            return;
        }

        Assert.Equal(0x1234, header.Id);
        Assert.Equal(MessageHeader.Read(message).Opcode, header.Opcode);
        string said = header.QuestionCount == 0 ? RcodeText.Write(header.Rcode) : Reply.Read(reply).Rcode;
        Assert.Equal(rcode, said);
        Assert.True(header.QuestionCount == 1 || reply.Length == MessageHeader.Size);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(11)]
    public async Task Datagram_without_a_whole_header_gets_no_reply(int length)
    {
        await using ClassicServer server = ClassicServer.Start(new ScriptedResolver());
        using Socket socket = ClassicClient.Connect(server.Udp);

        await socket.SendAsync(new byte[length], TestContext.Current.CancellationToken);
        await socket.SendAsync(ClassicClient.Question("web.example", id: 7), TestContext.Current.CancellationToken);

        Assert.Equal(7, MessageHeader.Read(await ClassicClient.ReceiveAsync(socket)).Id);
    }

    /// <summary>512 without EDNS or below it, what the client says up to 1232, and no more whatever it says.</summary>
    [Theory]
    [InlineData(0, 512)]
    [InlineData(100, 512)]
    [InlineData(800, 800)]
    [InlineData(1232, 1232)]
    [InlineData(4096, 1232)]
    [InlineData(65535, 1232)]
    public async Task Reply_is_as_long_as_the_client_takes_at_most(ushort udpSize, int most)
    {
        Answer answer = Addresses(300);
        await using ClassicServer server = ClassicServer.Start(new AnyResolver(_ => answer));

        byte[] reply = await ClassicClient.AskUdpAsync(
            server.Udp, ClassicClient.Question("many.example", RecordType.TXT, udpSize: udpSize));

        Assert.InRange(reply.Length, most - 60, most);
        Assert.True(MessageHeader.Read(reply).Has(MessageHeader.Truncated));
        byte[] whole = await ClassicClient.AskTcpAsync(
            server.Tcp, ClassicClient.Question("many.example", RecordType.TXT, udpSize: udpSize));
        Assert.Equal(300, MessageHeader.Read(whole).AnswerCount);
        Assert.False(MessageHeader.Read(whole).Has(MessageHeader.Truncated));
    }

    [Fact]
    public async Task Answer_that_has_to_be_waited_for_does_not_keep_the_next_one_back()
    {
        var resolver = new HeldResolver();
        await using ClassicServer server = ClassicServer.Start(resolver);
        using Socket socket = ClassicClient.Connect(server.Udp);

        int[] ids = await resolver.HoldOneOfTwoAsync(socket);

        Assert.Equal([2, 1], ids);
    }

    [Fact]
    public async Task Stop_waits_for_the_answers_that_are_on_their_way()
    {
        var resolver = new HeldResolver();
        await using ClassicServer server = ClassicServer.Start(resolver);
        using Socket socket = ClassicClient.Connect(server.Udp);
        await socket.SendAsync(ClassicClient.Question("a.held"), TestContext.Current.CancellationToken);
        await resolver.HoldingAsync(1);

        Task stopping = server.StopAsync();
        Assert.False(stopping.IsCompleted);
        resolver.Release();
        await stopping;

        Assert.Equal(1, MessageHeader.Read(await ClassicClient.ReceiveAsync(socket)).AnswerCount);
    }

    /// <summary>
    /// A flood of questions that nobody answers takes no more memory than there is room for; what is known is answered all the same.
    /// </summary>
    [Fact]
    public async Task Questions_beyond_the_room_for_waiting_are_servfail()
    {
        var resolver = new HeldResolver();
        await using ClassicServer server = ClassicServer.Start(
            resolver, s => s with { Limits = new ListenerLimits { WaitingDatagrams = 5 } });
        using Socket socket = ClassicClient.Connect(server.Udp);
        for (int i = 0; i < 5; i++) await socket.SendAsync(ClassicClient.Question($"a{i}.held"), TestContext.Current.CancellationToken);
        await resolver.HoldingAsync(5);

        Reply refused = Reply.Read(await ClassicClient.AskUdpAsync(server.Udp, ClassicClient.Question("one-more.held", udpSize: 1232)));
        Reply known = Reply.Read(await ClassicClient.AskUdpAsync(server.Udp, ClassicClient.Question("web.example")));

        Assert.Equal("SERVFAIL", refused.Rcode);
        Assert.Equal("too many questions wait for an answer", refused.ExtendedError?.Text);
        Assert.Equal("NOERROR", known.Rcode);
        resolver.Release();
    }

    [Theory]
    [InlineData("throws.example")]
    [InlineData("throwslate.example")]
    public async Task Bug_is_servfail_and_a_line_in_the_log(string name)
    {
        await using ClassicServer server = ClassicServer.Start(new ScriptedResolver());

        byte[] udp = await ClassicClient.AskUdpAsync(server.Udp, ClassicClient.Question(name, udpSize: 1232));
        byte[] tcp = await ClassicClient.AskTcpAsync(server.Tcp, ClassicClient.Question(name, udpSize: 1232));

        Assert.Equal("SERVFAIL internal error", $"{Reply.Read(udp).Rcode} {Reply.Read(udp).ExtendedError?.Text}");
        Assert.Equal("SERVFAIL internal error", $"{Reply.Read(tcp).Rcode} {Reply.Read(tcp).ExtendedError?.Text}");
        Assert.Equal(2, server.Log.All.Count(line => line.Contains("because of a bug", StringComparison.Ordinal)));
    }

    /// <summary>The loops of one server share a port, two servers do not: each would get half of the questions.</summary>
    [Fact]
    public async Task Port_that_another_server_has_is_refused()
    {
        await using ClassicServer server = ClassicServer.Start(new ScriptedResolver());

        var refused = Assert.Throws<SocketException>(() => UdpListener.Bind(server.Udp, RulesOver(new ScriptedResolver())));

        Assert.Equal(SocketError.AddressAlreadyInUse, refused.SocketErrorCode);
    }

    /// <summary>One that was never told to stop: as when a later address cannot be had.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Disposed_listener_leaves_no_loop_behind(bool plain)
    {
        UdpListener listener = UdpListener.Bind(new IPEndPoint(IPAddress.Loopback, 0), RulesOver(new ScriptedResolver()), plain);
        listener.Start();
        await ClassicClient.AskUdpAsync(listener.EndPoint, ClassicClient.Question("web.example"));

        listener.Dispose();

        await listener.Ended.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    /// <summary>
    /// A socket that is closed under a loop would leave its number to the next one, whose questions that loop then takes and loses.
    /// </summary>
    [Fact]
    public async Task Socket_is_closed_when_its_loop_has_ended()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using Socket client = ClassicClient.Connect((IPEndPoint)socket.LocalEndPoint!);
        var resolver = new StuckResolver(socket.SafeHandle);
        var loop = new BatchLoop(socket, RulesOver(resolver), wildcard: false);
        loop.Start();
        await client.SendAsync(ClassicClient.Question("web.example"), TestContext.Current.CancellationToken);
        await resolver.Stuck;

        loop.Stop();
        Task releasing = Task.Run(() => resolver.ReleaseWhenDisposed(socket), TestContext.Current.CancellationToken);
        socket.Dispose();
        await releasing;
        await loop.Ended.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.False(resolver.WasClosed);
    }

    /// <summary>The real first stage before a scripted resolver.</summary>
    private static KubeDoH.Engine.Rules.QueryRules Rules(IResolver next) => new(next, new Engine.RulesOptions(), new Random(1));

    private static UdpRules RulesOver(IResolver resolver) => new(
        new Responder(resolver, null, new LogLines()), new AllowedNetworks([IPNetwork.Parse("127.0.0.0/8")]), null, room: 100);

    private static Answer Addresses(int count)
    {
        AnswerBuilder builder = AnswerBuilder.Portable(RecordType.TXT);
        for (int i = 0; i < count; i++)
            builder.Add(Section.Answer, DnsName.Parse($"n{i}.example").Span, RecordType.TXT, 30, [9, .. "some text"u8]);
        return builder.Finish("test");
    }
}

/// <summary>Answers by a function, at once.</summary>
internal sealed class AnyResolver(Func<Query, Answer> answer) : IResolver
{
    public ValueTask<Answer> ResolveAsync(Query query, CancellationToken cancellationToken) => new(answer(query));
}
