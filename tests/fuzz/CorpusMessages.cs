using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Fuzz;

/// <summary>Sound messages: questions for names of the sample cluster, and replies of every record type.</summary>
internal static class CorpusMessages
{
    private static readonly string[] Names =
    [
        ".", "secco.dns-playground.svc.cluster.local", "_http._tcp.secco.dns-playground.svc.cluster.local", "184.195.101.10.in-addr.arpa",
        "alias.fuzz", "a.tree.fuzz", "x.wild.fuzz", "www.example.com", "localhost", "loop.fuzz", "odd.fuzz", "outside.fuzz",
    ];

    private static readonly RecordType[] Asked =
        [RecordType.A, RecordType.SRV, RecordType.TXT, RecordType.PTR, RecordType.ANY, RecordType.HTTPS, RecordType.CNAME];

    private static readonly (RecordType Type, string Text)[] Records =
    [
        (RecordType.A, "192.0.2.1"), (RecordType.AAAA, "2001:db8::1"), (RecordType.CNAME, "www.example.org."),
        (RecordType.DNAME, "example.net."),
        (RecordType.SOA, "ns.example.com. host.example.com. 7 3600 600 86400 30"), (RecordType.MX, "10 mail.example.com."),
        (RecordType.TXT, "\"v=spf1 -all\" \"b\""), (RecordType.SRV, "1 2 443 web.example.com."),
        (RecordType.CAA, "128 issue \"ca.example\""),
        (RecordType.NAPTR, "100 10 \"u\" \"E2U+sip\" \"!^.*$!sip:a@b!\" next.example.com."), (RecordType.TLSA, "3 1 1 ABCDEF"),
        (RecordType.HTTPS, "1 . mandatory=port alpn=h2,h3 port=443 ipv4hint=192.0.2.1 ech=AAEC dohpath=/q{?dns} key99=x"),
        (RecordType.RRSIG, "A 13 2 300 20300101000000 20200101000000 7 example.com. AQID"), (RecordType.DS, "60485 8 2 ABCDEF01"),
        ((RecordType)65280, @"\# 4 0a000001"), (RecordType.NS, "ns.example.com."), (RecordType.HINFO, "\"CPU\" \"OS\""),
    ];

    public static IEnumerable<byte[]> Questions()
    {
        for (int i = 0; i < Names.Length; i++)
        {
            MessageWriter writer = Start(Names[i], Asked[i % Asked.Length], response: false, (0, 0, i % 2));
            if (i % 2 == 1) WriteOpt(ref writer, i % 4 == 3);
            yield return writer.Written.ToArray();
        }
    }

    public static IEnumerable<byte[]> Replies()
    {
        byte[] owner = DnsName.Parse("www.example.com").Span.ToArray(), zone = DnsName.Parse("example.com").Span.ToArray();
        foreach ((RecordType type, string text) in Records)
        {
            if (!RecordText.TryRead(type, text, out byte[] data, out string? error)) throw new Broken($"{type} {text}: {error}");
            RecordText.TryRead(RecordType.SOA, "ns.example.com. root.example.com. 7 3600 600 86400 30", out byte[] soa, out _);
            MessageWriter writer = Start("www.example.com", type == RecordType.CNAME ? RecordType.A : type, response: true, (1, 1, 1));
            writer.WriteRecord(owner, type, 300, data);
            writer.WriteRecord(zone, RecordType.SOA, 300, soa);
            WriteOpt(ref writer, dnssecOk: true);
            yield return writer.Written.ToArray();
        }
    }

    private static MessageWriter Start(string name, RecordType type, bool response, (int Answers, int Authority, int Additional) counts)
    {
        var writer = new MessageWriter(new byte[2048], new ushort[MessageWriter.SlotCount]);
        ushort flags = response ? (ushort)(MessageHeader.Response | MessageHeader.RecursionAvailable) : MessageHeader.RecursionDesired;
        writer.WriteHeader(new MessageHeader(
            0x1234, flags, 1, (ushort)counts.Answers, (ushort)counts.Authority, (ushort)counts.Additional));
        writer.WriteName(DnsName.Parse(name).Span);
        writer.WriteUInt16((ushort)type);
        writer.WriteUInt16((ushort)RecordClass.Internet);
        return writer;
    }

    private static void WriteOpt(ref MessageWriter writer, bool dnssecOk)
    {
        writer.WriteByte(0);
        writer.WriteUInt16((ushort)RecordType.OPT);
        writer.WriteUInt16(1232);
        writer.WriteUInt32(dnssecOk ? 0x8000u : 0);
        writer.WriteUInt16(8);
        foreach (byte octet in (ReadOnlySpan<byte>)[0, 15, 0, 4, 0, 22, (byte)'n', (byte)'o']) writer.WriteByte(octet);
    }
}
