using System.Net;
using System.Net.Sockets;
using DnsClient;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Fuzz;

namespace KubeDoH.Tests.Wire;

/// <summary>Questions of a client that shares no code with us, read by our reader and answered to it, over a loopback socket.</summary>
public sealed class IndependentWriterTests
{
    private static readonly string[] Labels = ["www", "Secco", "dns-playground", "_tcp", "a", "xn--bcher-kva", "7", new string('l', 63)];

    public static TheoryData<bool, bool, int> Options => new()
    {
        { true, false, 0 }, { false, false, 0 }, { true, false, 1232 }, { true, true, 4096 }, { false, true, 512 },
    };

    [Theory]
    [MemberData(nameof(Options))]
    public async Task Questions_read_as_they_were_asked(bool recursion, bool dnssecOk, int udpSize)
    {
        var random = new Random(udpSize);
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var client = new LookupClient(new LookupClientOptions((IPEndPoint)server.Client.LocalEndPoint!)
        {
            UseCache = false,
            UseTcpFallback = false,
            Retries = 0,
            Timeout = TimeSpan.FromSeconds(10),
            Recursion = recursion,
            RequestDnsSecRecords = dnssecOk,
            ExtendedDnsBufferSize = udpSize,
            ThrowDnsErrors = false,
        });
        QueryType[] types = [.. Enum.GetValues<QueryType>().Where(type => type != QueryType.AXFR)];
        for (int i = 0; i < 200; i++)
        {
            (string name, QueryType type) = (RandomName(random), types[i % types.Length]);
            Task<IDnsQueryResponse> asked = client.QueryAsync(name, type, cancellationToken: TestContext.Current.CancellationToken);
            UdpReceiveResult question = await server.ReceiveAsync(TestContext.Current.CancellationToken);
            using Query query = Query.Rent();

            Assert.Equal(WireError.None, query.TryParse(question.Buffer));
            Assert.Equal(DnsName.Parse(name), DnsName.Copy(query.Name));
            Assert.Equal(name, NameText.Write(query.NameAsAsked));
            Assert.Equal((ushort)type, (ushort)query.Type);
            Assert.Equal(RecordClass.Internet, query.Class);
            Assert.Equal(recursion, query.RecursionDesired);
            Assert.Equal(dnssecOk, query.DnssecOk);
            Assert.Equal(dnssecOk || udpSize > 0, query.HasEdns);
            if (udpSize > 0) Assert.Equal(udpSize, query.UdpSize);

            Answer answer = await FuzzWorld.Resolver.ResolveAsync(query, TestContext.Current.CancellationToken);
            var reply = new byte[answer.MaxSize(query)];
            await server.SendAsync(
                reply.AsMemory(0, answer.WriteTo(reply, query)), question.RemoteEndPoint, TestContext.Current.CancellationToken);
            IDnsQueryResponse read = await asked;
            Assert.Equal(query.Id, read.Header.Id);
            Assert.Equal(answer.AnswerCount, read.Answers.Count);
            Assert.Equal((ushort)answer.Rcode & 0xf, (ushort)read.Header.ResponseCode & 0xf);
        }
    }

    private static string RandomName(Random random) => random.Next(10) switch
    {
        0 => ".",
        1 => "secco.dns-playground.svc.cluster.local.",
        2 => string.Join('.', Enumerable.Repeat("a", 127)) + ".",
        _ => string.Join('.', random.GetItems(Labels[..^1], random.Next(1, 6)).Append(Labels[^1])) + ".",
    };
}
