using System.Net.Sockets;
using KubeDoH.Engine.Listeners;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Listeners;

/// <summary>DNS over TCP as RFC 7766 has it: many questions on a connection, however its octets come.</summary>
public sealed class StreamListenerTests
{
    private static CancellationToken Stopped => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(5000)]
    public async Task Questions_are_answered_however_their_octets_are_cut_and_joined(int segment)
    {
        const int Questions = 60;
        await using ClassicServer server = ClassicServer.Start(new HeldResolver());
        using TcpClient client = await ClassicClient.ConnectTcpAsync(server.Tcp);
        byte[] octets = [.. Enumerable.Range(0, Questions)
            .SelectMany(i => ClassicClient.Frame(ClassicClient.Question($"n{i}.example", id: (ushort)i)))];

        Task sending = Task.Run(async () =>
        {
            foreach (byte[] part in octets.Chunk(segment)) await client.GetStream().WriteAsync(part, Stopped);
        }, Stopped);
        for (int i = 0; i < Questions; i++)
        {
            byte[]? reply = await ClassicClient.ReadAsync(client.GetStream());
            Assert.Equal((ushort)i, MessageHeader.Read(reply).Id);
            Assert.Equal(1, MessageHeader.Read(reply).AnswerCount);
        }

        await sending;
    }

    [Fact]
    public async Task Reply_leaves_when_it_is_there_and_not_in_the_order_of_the_questions()
    {
        var resolver = new HeldResolver();
        await using ClassicServer server = ClassicServer.Start(resolver);
        using TcpClient client = await ClassicClient.ConnectTcpAsync(server.Tcp);
        byte[] slow = ClassicClient.Frame(ClassicClient.Question("a.held", id: 1)),
            quick = ClassicClient.Frame(ClassicClient.Question("b.example", id: 2));

        await client.GetStream().WriteAsync((byte[])[.. slow, .. quick], Stopped);
        byte[]? first = await ClassicClient.ReadAsync(client.GetStream());
        resolver.Release();
        byte[]? second = await ClassicClient.ReadAsync(client.GetStream());

        Assert.Equal([2, 1], new[] { first, second }.Select(reply => (int)MessageHeader.Read(reply).Id));
    }

    [Fact]
    public async Task Client_that_has_said_all_gets_the_answers_that_are_on_their_way()
    {
        var resolver = new HeldResolver();
        await using ClassicServer server = ClassicServer.Start(resolver);
        using TcpClient client = await ClassicClient.ConnectTcpAsync(server.Tcp);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(ClassicClient.Frame(ClassicClient.Question("a.held", id: 1)), Stopped);

        client.Client.Shutdown(SocketShutdown.Send);
        await resolver.HoldingAsync(1);
        resolver.Release();

        Assert.Equal(1, MessageHeader.Read(await ClassicClient.ReadAsync(stream)).AnswerCount);
        Assert.Null(await ClassicClient.ReadAsync(stream));
    }

    [Fact]
    public async Task Stop_answers_what_was_asked_and_closes()
    {
        var resolver = new HeldResolver();
        await using ClassicServer server = ClassicServer.Start(resolver);
        using TcpClient idle = await ClassicClient.ConnectTcpAsync(server.Tcp), asking = await ClassicClient.ConnectTcpAsync(server.Tcp);
        await asking.GetStream().WriteAsync(ClassicClient.Frame(ClassicClient.Question("a.held", id: 1)), Stopped);
        await resolver.HoldingAsync(1);

        Task stopping = server.StopAsync();
        Assert.Null(await ClassicClient.ReadAsync(idle.GetStream()));
        Assert.False(stopping.IsCompleted);
        resolver.Release();

        Assert.Equal(1, MessageHeader.Read(await ClassicClient.ReadAsync(asking.GetStream())).AnswerCount);
        Assert.Null(await ClassicClient.ReadAsync(asking.GetStream()));
        await stopping;
    }

    /// <summary>Whoever sends a response, or less than a header, does not speak DNS.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    public async Task Message_that_is_none_ends_the_connection(int length)
    {
        await using ClassicServer server = ClassicServer.Start(new HeldResolver());
        using TcpClient client = await ClassicClient.ConnectTcpAsync(server.Tcp);

        await client.GetStream().WriteAsync(ClassicClient.Frame(new byte[length]), Stopped);

        Assert.Null(await ClassicClient.ReadAsync(client.GetStream()));
    }

    [Fact]
    public async Task Malformed_message_is_formerr_and_the_next_question_is_answered()
    {
        await using ClassicServer server = ClassicServer.Start(new HeldResolver());
        using TcpClient client = await ClassicClient.ConnectTcpAsync(server.Tcp);

        await client.GetStream().WriteAsync(ClassicClient.Frame(Api.Doh.HostileMessages.Make("questions 2")), Stopped);
        Assert.Equal(Rcode.FormErr, MessageHeader.Read(await ClassicClient.ReadAsync(client.GetStream())).Rcode);
        await client.GetStream().WriteAsync(ClassicClient.Frame(ClassicClient.Question("web.example")), Stopped);
        Assert.Equal(1, MessageHeader.Read(await ClassicClient.ReadAsync(client.GetStream())).AnswerCount);
    }

    [Fact]
    public async Task Longest_question_and_longest_answer_pass()
    {
        Answer large = Large();
        await using ClassicServer server = ClassicServer.Start(new AnyResolver(_ => large));

        byte[] reply = await ClassicClient.AskTcpAsync(server.Tcp, Api.Doh.HostileMessages.Make("length 65535"));

        Assert.InRange(reply.Length, 60_000, 65_535);
        Assert.Equal(Rcode.NoError, MessageHeader.Read(reply).Rcode);
        Assert.Equal(large.AnswerCount, MessageHeader.Read(reply).AnswerCount);
    }

    /// <summary>More questions than wait at once are not read; all of them are answered in the end.</summary>
    [Fact]
    public async Task Questions_beyond_those_that_wait_are_read_later()
    {
        const int Most = 4, Questions = 40;
        var resolver = new HeldResolver();
        await using ClassicServer server = ClassicServer.Start(
            resolver, s => s with { Limits = new ListenerLimits { QuestionsPerConnection = Most } });
        using TcpClient client = await ClassicClient.ConnectTcpAsync(server.Tcp);
        for (int i = 0; i < Questions; i++)
            await client.GetStream().WriteAsync(ClassicClient.Frame(ClassicClient.Question($"n{i}.held", id: (ushort)i)), Stopped);

        await resolver.HoldingAsync(Most);
        resolver.Release();
        var ids = new HashSet<int>();
        for (int i = 0; i < Questions; i++) ids.Add(MessageHeader.Read(await ClassicClient.ReadAsync(client.GetStream())).Id);

        Assert.Equal(Questions, ids.Count);
    }

    internal static Answer Large()
    {
        AnswerBuilder builder = AnswerBuilder.Portable(RecordType.TXT);
        for (int i = 0; i < 235; i++) builder.Add(Section.Answer, [], RecordType.TXT, 30, [250, .. new byte[250]]);
        return builder.Finish("test");
    }
}
