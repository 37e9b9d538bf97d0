using KubeDoH.Engine;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Fakes;

namespace KubeDoH.Tests.Forward;

/// <summary>What of a client's message goes on to an upstream, and of the upstream's to the client, over every transport.</summary>
public class RelayTests
{
    private const string Name = "www.example.com";

    /// <summary>For whoever answers: a client subnet (RFC 7871), algorithms understood (RFC 6975), one for local use.</summary>
    private static readonly byte[] Travelling = [0, 8, 0, 7, 0, 1, 24, 0, 192, 0, 2, 0, 5, 0, 2, 8, 13, 0xfd, 0xe9, 0, 3, 1, 2, 3];

    /// <summary>NSID (RFC 5001), a cookie (RFC 7873), keepalive (RFC 7828), padding (RFC 7830), EXPIRE (RFC 7314).</summary>
    private static readonly byte[] HopByHop =
        [0, 3, 0, 0, 0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 11, 0, 2, 0, 100, 0, 12, 0, 4, 0, 0, 0, 0, 0, 9, 0, 0];

    public static MatrixTheoryData<UpstreamTransport, bool, bool, bool> Flags { get; } = new(
        Enum.GetValues<UpstreamTransport>(), [false, true], [false, true], [false, true]);

    [Theory, MemberData(nameof(Flags))]
    public async Task Flags_of_the_client_go_along(UpstreamTransport transport, bool checkingDisabled, bool authenticData, bool dnssecOk)
    {
        int flags = MessageHeader.RecursionDesired
            | (checkingDisabled ? MessageHeader.CheckingDisabled : 0)
            | (authenticData ? MessageHeader.AuthenticData : 0);
        FakeQuestion seen = await SeenAsync(transport, Question(flags, dnssecOk, []));
        Assert.Equal((checkingDisabled, authenticData, dnssecOk), (seen.CheckingDisabled, seen.AuthenticData, seen.DnssecOk));
        Assert.Equal((true, 1232), (seen.RecursionDesired, seen.UdpSize));
    }

    [Theory]
    [InlineData(UpstreamTransport.Udp)]
    [InlineData(UpstreamTransport.Tcp)]
    [InlineData(UpstreamTransport.Tls)]
    [InlineData(UpstreamTransport.Https)]
    public async Task Options_travel_but_for_those_of_one_hop(UpstreamTransport transport)
    {
        FakeQuestion seen = await SeenAsync(
            transport,
            Question(MessageHeader.RecursionDesired, false, [.. HopByHop, .. Travelling[..11], .. HopByHop, .. Travelling[11..]]));
        Assert.Equal(Travelling, seen.Options);
    }

    [Theory]
    [InlineData(124, 128)]
    [InlineData(125, 0)]
    public async Task More_options_than_fit_a_question_do_not_travel(int octets, int travel)
    {
        FakeQuestion seen = await SeenAsync(
            UpstreamTransport.Udp, Question(MessageHeader.RecursionDesired, false, [0xfd, 0xe9, 0, (byte)octets, .. new byte[octets]]));
        Assert.Equal(travel, seen.Options.Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Options_of_the_upstream_reach_the_client_but_for_those_of_one_hop(bool edns)
    {
        await using var upstream = FakeUpstream.Start();
        byte[] scope = [0, 8, 0, 7, 0, 1, 24, 20, 192, 0, 2];
        upstream.Script(Name, RecordType.A, new FakeReply
        {
            Answer = [FakeRecord.Of(Name, 300, "A", "192.0.2.53")], Options = [.. HopByHop, .. scope, .. HopByHop], Error = (4, "forged"),
        });
        using Query query = Query.Rent();
        byte[] question = Question(MessageHeader.RecursionDesired, false, Travelling[..11]);
        if (edns) Assert.Equal(WireError.None, query.TryParse(question));
        else query.Ask(DnsName.Parse(Name).Span, RecordType.A);
        Answer answer = (await new ForwardTesting(upstream.Address).Source.FindAsync(query, ForwardTesting.Cancelled))!;

        byte[] reply = new byte[answer.MaxSize(query)];
        Assert.Equal(reply.Length, answer.WriteTo(reply, query));

        byte[] error = [0, 15, 0, 8, 0, 4, .. "forged"u8];
        Assert.Equal(edns, reply.AsSpan().EndsWith((byte[])[0, (byte)(scope.Length + error.Length), .. scope, .. error]));
        Assert.Equal(edns ? 1 : 0, MessageHeader.Read(reply).AdditionalCount);
    }

    [Fact]
    public async Task Options_go_along_with_the_target_of_an_alias()
    {
        await using var upstream = FakeUpstream.Start();
        upstream.Script("short.example.com", RecordType.A,
            new FakeReply { Answer = [FakeRecord.Of("short.example.com", 300, "CNAME", "www.example.com.")] });
        var chaser = new AliasChaser(new SourceChain([new ForwardTesting(upstream.Address).Source]));
        using Query query = Query.Rent();
        Assert.Equal(WireError.None, query.TryParse(Question(MessageHeader.RecursionDesired, false, Travelling, "short.example.com")));
        await chaser.ResolveAsync(query, ForwardTesting.Cancelled);
        Assert.Equal(["short.example.com.", "www.example.com."], upstream.Seen.Select(question => question.Name.ToString()));
        Assert.All(upstream.Seen, question => Assert.Equal(Travelling, question.Options));
    }

    internal static byte[] Question(int flags, bool dnssecOk, byte[] options, string name = Name) =>
    [
        0, 7, (byte)(flags >> 8), (byte)flags, 0, 1, 0, 0, 0, 0, 0, 1, .. DnsName.Parse(name).Span, 0, 1, 0, 1,
        0, 0, 41, 4, 0xd0, 0, 0, (byte)(dnssecOk ? 0x80 : 0), 0, (byte)(options.Length >> 8), (byte)options.Length, .. options,
    ];

    private static async Task<FakeQuestion> SeenAsync(UpstreamTransport transport, byte[] question)
    {
        await using var upstream = FakeUpstream.Start();
        await using FakeFront front = await FakeFront.StartAsync(upstream);
        string address = transport switch
        {
            UpstreamTransport.Udp => upstream.Address,
            UpstreamTransport.Tcp => $"tcp://{upstream.Address}",
            UpstreamTransport.Tls => front.TlsAddress,
            _ => front.HttpsAddress,
        };
        var testing = new ForwardTesting(new ForwardOptions { Servers = [address] }, FakeFront.Trust);
        Answer? answer = await testing.FindAsync(Name, change: query => Assert.Equal(WireError.None, query.TryParse(question)));
        Assert.Equal("www.example.com. 300 A 192.0.2.53", Assert.Single(ForwardTesting.Records(answer, Name)));
        return Assert.Single(upstream.Seen);
    }
}
