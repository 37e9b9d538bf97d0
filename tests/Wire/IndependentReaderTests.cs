using System.Net;
using System.Net.Sockets;
using DnsClient;
using KubeDoH.Api.Compare;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Wire;

/// <summary>Messages of our writer, read by a client that shares no code with us, over a loopback socket.</summary>
public sealed class IndependentReaderTests
{
    private static readonly (RecordType Type, string Text)[] Records =
    [
        (RecordType.A, "192.0.2.1"),
        (RecordType.AAAA, "2001:db8::1:0:0:1"),
        (RecordType.CNAME, "target.example.com."),
        (RecordType.NS, "ns.example.com."),
        (RecordType.PTR, "host.example.org."),
        (RecordType.SOA, "ns.example.com. host.example.com. 7 3600 600 86400 30"),
        (RecordType.MX, "10 mail.example.com."),
        (RecordType.TXT, "\"v=spf1 -all\" \"second\""),
        (RecordType.HINFO, "\"CPU\" \"OS\""),
        (RecordType.SRV, "1 2 443 web.example.com."),
        (RecordType.CAA, "128 issue \"ca.example\""),
        (RecordType.NAPTR, "100 10 \"u\" \"E2U+sip\" \"!^.*$!sip:a@b!\" next.example.com."),
        (RecordType.TLSA, "3 1 1 ABCDEF"),
        (RecordType.SSHFP, "4 2 0123456789ABCDEF"),
        (RecordType.DS, "60485 8 2 ABCDEF01"),
        (RecordType.DNSKEY, "257 3 13 AQIDBA=="),
        (RecordType.RP, "mail.example.com. text.example.com."),
        (RecordType.AFSDB, "1 afs.example.com."),
        (RecordType.HTTPS, "1 . alpn=\"h2\" port=443"),
        ((RecordType)65280, @"\# 4 0a000001"),
    ];

    [Fact]
    public async Task Messages_read_the_same_elsewhere()
    {
        var random = new Random(1);
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var client = new LookupClient(new LookupClientOptions((IPEndPoint)server.Client.LocalEndPoint!)
        {
            UseCache = false,
            UseTcpFallback = false,
            Retries = 0,
            Timeout = TimeSpan.FromSeconds(10),
        });
        for (int i = 0; i < 300; i++)
        {
            (RecordType Type, string Text)[] sent = [Records[i % Records.Length], .. random.GetItems(Records, 5)];
            Task<IDnsQueryResponse> asked = client.QueryAsync(
                "www.example.com.", QueryType.ANY, cancellationToken: TestContext.Current.CancellationToken);
            UdpReceiveResult question = await server.ReceiveAsync(TestContext.Current.CancellationToken);
            await server.SendAsync(Reply(question.Buffer, sent), question.RemoteEndPoint, TestContext.Current.CancellationToken);

            IDnsQueryResponse reply = await asked;
            Assert.False(reply.HasError, reply.ErrorMessage);
            Assert.All(reply.Answers, record => Assert.Equal("www.example.com.", record.DomainName.Value));
            Assert.Equal(sent.Select(record => record.Text), reply.Answers.Select(OtherRecords.TextOf));
        }
    }

    private static byte[] Reply(byte[] question, (RecordType Type, string Text)[] records)
    {
        var writer = new MessageWriter(new byte[4096], new ushort[MessageWriter.SlotCount]);
        writer.WriteHeader(new MessageHeader(
            MessageHeader.Read(question).Id, MessageHeader.Response | MessageHeader.RecursionAvailable, 1, (ushort)records.Length, 0, 0));
        byte[] name = DnsName.Parse("www.example.com").Span.ToArray();
        writer.WriteName(name);
        writer.WriteUInt16((ushort)RecordType.ANY);
        writer.WriteUInt16((ushort)RecordClass.Internet);
        foreach ((RecordType type, string text) in records)
        {
            Assert.True(RecordText.TryRead(type, text, out byte[] data, out string? error), error);
            writer.WriteRecord(name, type, 30, data);
        }

        Assert.False(writer.Overflowed);
        return writer.Written.ToArray();
    }
}
