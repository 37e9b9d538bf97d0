using KubeDoH.Engine;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Fakes;

namespace KubeDoH.Tests.Forward;

/// <summary>Whatever one server does, on whatever transport: where another is healthy the client gets the right answer.</summary>
public class FaultTableTests
{
    private const string Name = "www.example.com";
    private static readonly string[] True = ["www.example.com. 300 A 192.0.2.53"];

    public static MatrixTheoryData<UpstreamTransport, ForwardPolicy, FakeFault> Cases { get; } = new(
        Enum.GetValues<UpstreamTransport>(), Enum.GetValues<ForwardPolicy>(), Enum.GetValues<FakeFault>());

    [Theory, MemberData(nameof(Cases))]
    public async Task Right_answer_comes_from_the_healthy_server(UpstreamTransport transport, ForwardPolicy policy, FakeFault fault)
    {
        await using var bad = FakeUpstream.Start();
        await using var good = FakeUpstream.Start();
        await using FakeFront badFront = await FakeFront.StartAsync(bad), goodFront = await FakeFront.StartAsync(good);

        // On a connection there is no other address or port to send from, and the reply would be a forgery that only the server itself can send.
        if (fault is FakeFault.WrongPort or FakeFault.WrongAddress && transport != UpstreamTransport.Udp) fault = FakeFault.WrongId;
        bad.Always(fault);
        string[] servers = [Address(transport, bad, badFront), Address(transport, good, goodFront)];
        var testing = new ForwardTesting(new ForwardOptions { Servers = servers, Policy = policy }, FakeFront.Trust);

        Task<Answer?> asking = testing.FindAsync(Name);
        if (fault == FakeFault.None || await Task.WhenAny(asking, bad.NextAsync(ForwardTesting.Cancelled).AsTask()) == asking)
        {
            Assert.Equal(True, ForwardTesting.Records(await asking, Name));
            return;
        }

        // Half a second passes: enough for a second server to be asked, and far from the deadline.
        testing.Time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(True, ForwardTesting.Records(await asking.WaitAsync(TimeSpan.FromSeconds(30), ForwardTesting.Cancelled), Name));
        bad.Release();
    }

    [Theory]
    [InlineData(UpstreamTransport.Tls)]
    [InlineData(UpstreamTransport.Https)]
    public async Task Certificate_of_an_unknown_root_is_a_network_error(UpstreamTransport transport)
    {
        await using var upstream = FakeUpstream.Start();
        await using FakeFront front = await FakeFront.StartAsync(upstream);
        Answer? answer = await new ForwardTesting(Address(transport, upstream, front)).FindAsync(Name);
        Assert.Equal((Rcode.ServFail, ExtendedErrorCode.NetworkError), (answer!.Rcode, answer.Error!.Code));
        Assert.Empty(upstream.Seen);
    }

    [Theory]
    [InlineData("#dns.test", true)]
    [InlineData("", true)]
    [InlineData("#other.test", false)]
    public async Task Certificate_must_be_for_the_name_or_the_address(string name, bool accepted)
    {
        await using var upstream = FakeUpstream.Start();
        await using FakeFront front = await FakeFront.StartAsync(upstream);
        var testing = new ForwardTesting(new ForwardOptions { Servers = [front.TlsAddress + name] }, FakeFront.Trust);
        Answer? answer = await testing.FindAsync(Name);
        Assert.Equal(accepted ? Rcode.NoError : Rcode.ServFail, answer!.Rcode);
    }

    [Theory]
    [InlineData(UpstreamTransport.Tcp)]
    [InlineData(UpstreamTransport.Tls)]
    [InlineData(UpstreamTransport.Https)]
    public async Task Many_questions_share_a_connection_and_get_each_their_own_answer(UpstreamTransport transport)
    {
        await using var upstream = FakeUpstream.Start();
        await using FakeFront front = await FakeFront.StartAsync(upstream);
        for (int i = 0; i < 100; i++) upstream.Add($"n{i}.example.com", 300, "A", $"198.18.0.{i}");
        var testing = new ForwardTesting(new ForwardOptions { Servers = [Address(transport, upstream, front)] }, FakeFront.Trust);
        Answer?[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => testing.FindAsync($"n{i}.example.com")));
        for (int i = 0; i < 100; i++)
            Assert.Equal($"n{i}.example.com. 300 A 198.18.0.{i}", Assert.Single(ForwardTesting.Records(answers[i], $"n{i}.example.com")));
        if (transport != UpstreamTransport.Https) Assert.Single(upstream.Seen.Select(question => question.FromPort).Distinct());
    }

    private static string Address(UpstreamTransport transport, FakeUpstream upstream, FakeFront front) => transport switch
    {
        UpstreamTransport.Udp => upstream.Address,
        UpstreamTransport.Tcp => $"tcp://{upstream.Address}",
        UpstreamTransport.Tls => front.TlsAddress,
        _ => front.HttpsAddress,
    };
}
