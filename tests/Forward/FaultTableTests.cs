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
    private const int MostQuestions = 40;
    private static readonly string[] True = ["www.example.com. 300 A 192.0.2.53"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static MatrixTheoryData<UpstreamTransport, ForwardPolicy, FakeFault> Cases { get; } = new(
        Enum.GetValues<UpstreamTransport>(), Enum.GetValues<ForwardPolicy>(), Enum.GetValues<FakeFault>());

    public static MatrixTheoryData<UpstreamTransport, ForwardPolicy> Ways { get; } = new(
        Enum.GetValues<UpstreamTransport>(), Enum.GetValues<ForwardPolicy>());

    [Theory, MemberData(nameof(Cases))]
    public async Task Right_answer_comes_from_the_healthy_server(UpstreamTransport transport, ForwardPolicy policy, FakeFault fault)
    {
        await using var bad = FakeUpstream.Start();
        await using var good = FakeUpstream.Start();
        await using FakeFront badFront = await FakeFront.StartAsync(bad), goodFront = await FakeFront.StartAsync(good);

        // On a connection there is no other address or port to send from, and the reply would be a forgery that only the server itself can
        // send.
        if (fault is FakeFault.WrongPort or FakeFault.WrongAddress && transport != UpstreamTransport.Udp) fault = FakeFault.WrongId;
        bad.Always(fault);
        string[] servers = [Address(transport, bad, badFront), Address(transport, good, goodFront)];
        var testing = new ForwardTesting(new ForwardOptions { Servers = servers, Policy = policy }, FakeFront.Trust);

        // Until the policy has led to the faulty server.
        Task<FakeQuestion> reached = bad.NextAsync(ForwardTesting.Cancelled).AsTask();
        for (int i = 0; i < MostQuestions && !reached.IsCompleted; i++)
        {
            Task<Answer?> asking = testing.FindAsync(Name);

            // Half a second passes: enough for a second server to be asked, and far from the deadline.
            if (await Task.WhenAny(asking, reached) == reached) testing.Time.Advance(TimeSpan.FromMilliseconds(500));
            Assert.Equal(True, ForwardTesting.Records(await asking.WaitAsync(Patience, ForwardTesting.Cancelled), Name));
        }

        await reached.WaitAsync(Patience, ForwardTesting.Cancelled);
        bad.Release();
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Server_that_nothing_listens_for_gives_way_to_the_healthy_one(UpstreamTransport transport, ForwardPolicy policy)
    {
        await using var good = FakeUpstream.Start();
        await using FakeFront front = await FakeFront.StartAsync(good);
        string nobody = FakeUpstream.Nobody().ToString();
        string dead = transport switch
        {
            UpstreamTransport.Udp => nobody,
            UpstreamTransport.Https => $"https://{nobody}/dns-query",
            _ => $"{transport.ToString().ToLowerInvariant()}://{nobody}",
        };
        var testing = new ForwardTesting(
            new ForwardOptions { Servers = [dead, Address(transport, good, front)], Policy = policy }, FakeFront.Trust);
        for (int i = 0; i < MostQuestions && testing.Status(0).Counts.NetworkErrors == 0; i++)
            Assert.Equal(True, ForwardTesting.Records(await testing.FindAsync(Name).WaitAsync(Patience, ForwardTesting.Cancelled), Name));
        Assert.Equal(1, testing.Status(0).Counts.NetworkErrors);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Server_that_comes_and_goes_is_noticed_by_no_client(UpstreamTransport transport, ForwardPolicy policy)
    {
        await using var flapping = FakeUpstream.Start();
        await using var good = FakeUpstream.Start();
        await using FakeFront flappingFront = await FakeFront.StartAsync(flapping), goodFront = await FakeFront.StartAsync(good);
        string[] servers = [Address(transport, flapping, flappingFront), Address(transport, good, goodFront)];
        var testing = new ForwardTesting(new ForwardOptions { Servers = servers, Policy = policy }, FakeFront.Trust);
        for (int i = 0; i < 60; i++)
        {
            bool works = i / 5 % 2 != 0;
            flapping.Always(works ? FakeFault.None : transport == UpstreamTransport.Udp ? FakeFault.Refused : FakeFault.CloseMidway);
            Assert.Equal(True, ForwardTesting.Records(await testing.FindAsync(Name).WaitAsync(Patience, ForwardTesting.Cancelled), Name));
            Assert.True(SpinWait.SpinUntil(() => testing.Status(0).InFlight == 0, Patience), "a probe takes as long as it takes");
            testing.Time.Advance(TimeSpan.FromSeconds(1));
        }

        UpstreamCounts counts = testing.Status(0).Counts;
        Assert.NotEqual(0, counts.Answered);
        Assert.NotEqual(0, counts.Refused + counts.NetworkErrors);
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

    [Fact]
    public async Task Certificate_over_https_must_be_for_the_name_of_the_url()
    {
        await using var upstream = FakeUpstream.Start();
        await using FakeFront front = await FakeFront.StartAsync(upstream);
        string other = front.HttpsAddress.Replace("dns.test", "other.test", StringComparison.Ordinal);
        Answer? answer = await new ForwardTesting(new ForwardOptions { Servers = [other] }, FakeFront.Trust).FindAsync(Name);
        Assert.Equal(Rcode.ServFail, answer!.Rcode);
        Assert.Empty(upstream.Seen);
    }

    /// <summary>An HTTP reply that is no DNS message, whatever its headers and length (RFC 8484 4.2.1).</summary>
    [Theory]
    [InlineData(404, "application/dns-message", 0, "")]
    [InlineData(503, "application/dns-message", 100, "")]
    [InlineData(302, "application/dns-message", 0, "/elsewhere")]
    [InlineData(200, "text/html", 100, "")]
    [InlineData(200, null, 100, "")]
    [InlineData(200, "application/dns-message", 0, "")]
    [InlineData(200, "application/dns-message", 100, "")]
    [InlineData(200, "application/dns-message", 65_536, "")]
    [InlineData(200, "application/dns-message", 1_000_000, "")]
    public async Task Http_reply_that_is_no_answer_gives_way_to_the_healthy_server(
        int status, string? mediaType, int octets, string location)
    {
        await using var upstream = FakeUpstream.Start();
        int asked = 0;
        await using FakeFront bad = await FakeFront.StartAsync(upstream, async context =>
        {
            asked++;
            context.Response.StatusCode = status;
            context.Response.ContentType = mediaType;
            if (location.Length > 0) context.Response.Headers.Location = location;
            if (octets > 0) await context.Response.Body.WriteAsync(new byte[octets]);
        });
        var testing = new ForwardTesting(new ForwardOptions { Servers = [bad.HttpsAddress, upstream.Address] }, FakeFront.Trust);
        Assert.Equal(True, ForwardTesting.Records(await testing.FindAsync(Name).WaitAsync(Patience, ForwardTesting.Cancelled), Name));
        Assert.Equal((1, 1L), (asked, testing.Status(0).Counts.NetworkErrors + testing.Status(0).Counts.Malformed));
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
