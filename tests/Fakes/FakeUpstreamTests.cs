using System.Net;
using DnsClient;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Fakes;

/// <summary>The fake is held to a client that shares no code with it or with the engine.</summary>
public class FakeUpstreamTests
{
    private const string Link = "alias.example.com. 300 IN CNAME www.example.com.";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("www.example.com", QueryType.A, "www.example.com. 300 IN A 192.0.2.53")]
    [InlineData("example.com", QueryType.MX, "example.com. 300 IN MX 10 mail.example.com.")]
    [InlineData("alias.example.com", QueryType.AAAA, Link + "|www.example.com. 300 IN AAAA 2001:db8::53")]
    public async Task Independent_client_reads_its_records(string name, QueryType type, string expected)
    {
        await using var upstream = FakeUpstream.Start();
        foreach (bool overTcp in new[] { false, true })
        {
            IDnsQueryResponse reply = await Client(upstream.EndPoint, overTcp).QueryAsync(name, type, cancellationToken: Cancelled);
            Assert.Equal(expected, string.Join('|', reply.Answers));
        }

        Assert.Equal([false, true], upstream.Seen.Select(question => question.OverTcp));
    }

    [Fact]
    public async Task Independent_client_reads_an_absence()
    {
        await using var upstream = FakeUpstream.Start();
        LookupClient client = Client(upstream.EndPoint, overTcp: false);
        IDnsQueryResponse reply = await client.QueryAsync("nope.example.com", QueryType.A, cancellationToken: Cancelled);
        Assert.Equal((DnsHeaderResponseCode.NotExistentDomain, 1), (reply.Header.ResponseCode, reply.Authorities.Count));
    }

    private static LookupClient Client(IPEndPoint server, bool overTcp) =>
        new(new LookupClientOptions(server) { UseTcpOnly = overTcp, UseCache = false, Retries = 0 });
}
