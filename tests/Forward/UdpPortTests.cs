using System.Net;
using System.Net.Sockets;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Forward.Exchanges;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Forward;

/// <summary>A question that leaves from its port with others.</summary>
public sealed class UdpPortTests : IDisposable
{
    private static readonly UpstreamQuestion Question = new(DnsName.Parse("www.example.com"), RecordType.A, false, false, false);

    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    public UdpPortTests() => _server.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public async Task One_that_was_given_up_meanwhile_does_not_leave(bool givenUp, int leaving)
    {
        var endPoint = (IPEndPoint)_server.LocalEndPoint!;
        using var ports = new UdpPorts(endPoint, new UdpSender(), TimeProvider.System);
        using var client = new CancellationTokenSource();
        var question = new UdpQuestion(ports, new UpstreamServer(endPoint), Question, edns: true, NoFurther);
        Task<UpstreamReply> asking = question.AskAsync(client.Token).AsTask();
        Assert.True(await _server.ReceiveAsync(new byte[512], TestContext.Current.CancellationToken) > 0);

        Assert.True(question.SendLater());
        if (givenUp) await client.CancelAsync();
        question.Port.SendUnsent(new UdpBatch(UdpPort.MostQuestions, UpstreamQuestion.MaxSize));

        Assert.Equal(leaving, _server.Available > 0 ? 1 : 0);
        if (givenUp) Assert.Equal(UpstreamFailure.TimedOut, (await asking).Failure);
    }

    public void Dispose() => _server.Dispose();

    private static ValueTask<UpstreamReply> NoFurther(
        UpstreamServer server, UpstreamQuestion question, bool edns, UpstreamReply reply, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("No reply came.");
}
