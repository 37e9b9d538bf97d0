using System.Globalization;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;
using KubeDoH.Engine.Wire.Zones;
using KubeDoH.Tests.Entries;
using KubeDoH.Tests.Files;
using KubeDoH.Tests.Forward;
using KubeDoH.Tests.Wire;

namespace KubeDoH.Tests.Clients;

/// <summary>
/// Zone files between this program and those that other people wrote: BIND's compiler reads and writes them, unbound serves them.
/// </summary>
public sealed class ZoneFileTests : IDisposable
{
    private const string Zone = "corp.example.";

    /// <summary>Types whose data BIND does not judge by rules of its own, beyond what a zone file is.</summary>
    private static readonly RecordType[] Types =
    [
        RecordType.A, RecordType.AAAA, RecordType.MX, RecordType.TXT, RecordType.SRV, RecordType.PTR, RecordType.HINFO, RecordType.RP,
        RecordType.AFSDB, RecordType.RT, RecordType.PX, RecordType.KX, RecordType.URI, RecordType.CAA, RecordType.TLSA, RecordType.SMIMEA,
        RecordType.OPENPGPKEY, RecordType.DHCID, RecordType.SVCB, RecordType.HTTPS, RecordType.DNAME, RecordType.CNAME, RecordType.DNSKEY,
        (RecordType)65280,
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Exported_zone_is_the_same_to_bind(int seed)
    {
        EntryExport export = Export(seed, Types);

        string compiled = await CompileAsync(string.Join('\n', export.ToZone(DnsName.Parse(Zone))) + "\n");

        Assert.Equal(Records(export), Records(compiled).Where(
            record => !record.Contains(" SOA ", StringComparison.Ordinal) && !record.Contains(" NS ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Exported_zone_is_served_by_unbound()
    {
        OutsideClient.Require("dig");
        // whose newer parameters unbound 1.17 does not know
        EntryExport export = Export(13, [.. Types.Except([RecordType.SVCB, RecordType.HTTPS])]);
        await using RealUpstreams peer = await RealUpstreams.StartZoneAsync(
            Zone, string.Join('\n', export.ToZone(DnsName.Parse(Zone))) + "\n");
        Entry[] asked = [.. export.Entries.Where(entry => entry.Type != RecordType.DNAME).Take(150)];
        string questions = _folder.PathOf("questions");
        await File.WriteAllLinesAsync(
            questions, asked.Select(e => $"-q {e.Name} -t TYPE{(ushort)e.Type}"), TestContext.Current.CancellationToken);

        string answers = (await OutsideClient.RunAsync(
            "dig", "@127.0.0.1", "-p", peer.Port.ToString(CultureInfo.InvariantCulture),
            "+tcp", "+noall", "+answer", "+norecurse", "-f", questions)).Text;

        Assert.Equal(Records(export with { Entries = asked }), Records(answers));
    }

    /// <summary>Everything that the syntax has, read by BIND and by us.</summary>
    [Fact]
    public async Task Zone_file_says_to_us_what_it_says_to_bind()
    {
        const string text = """
            $TTL 1h ; of all that say none
            @       IN  SOA  ns1 host\.master ( 2026112701 ; serial
                        1h 600 ; refresh, retry
                        1w 30 )
                    IN  NS   ns1
            ns1     60  IN   A 192.0.2.53
                    IN  2h30m AAAA 2001:DB8::53
            IN      IN  TXT  in
            60      60  TXT  (sixty)
            www     CNAME    @
            mail    MX 10 mail
                    TXT "one ; two" three\;four ( "("
                        "\"quoted\" \255\000\\" ) ; end
            a\.b    A 192.0.2.1
            \*      TXT "a star"
            *.wild  A 192.0.2.2
            0/25    PTR ns1.example.net.
            odd\032name TXT "x"
            _s._tcp SRV 1 2 443 www
            type    TYPE65280 \# 6 ab cdef 0102 03
            tlsa    TLSA 3 1 1 ( 0123456789abcdef0123456789abcdef
                                 0123456789abcdef0123456789abcdef )
            svc     HTTPS 1 . alpn="h2,h3" port=443 ipv4hint=192.0.2.1,192.0.2.2
            $ORIGIN sub
            @       A 192.0.2.3
            host    A 192.0.2.4
            $ORIGIN corp.example.
            $GENERATE 1-9/4 host-${0,3,d} 30 IN A 10.0.0.$
            $GENERATE 10-12 ptr$ CNAME h${-10,2,o}.x${20,0,x}.example.
            $GENERATE 16-18 ${0,7,n}.rev PTR h$$
            after.corp.example. IN A 192.0.2.5

            """;

        Assert.Equal(Records(await CompileAsync(text)), Records(text, DnsName.Parse(Zone)));
    }

    /// <summary>Random entries of one zone, as an export shows them.</summary>
    private static EntryExport Export(int seed, RecordType[] types)
    {
        var random = new Random(seed);
        var records = new RandomRecords(random);
        var rules = new EntryRules(null, EntryTestData.Clock());
        var entries = new Dictionary<DnsName, Entry>();
        while (entries.Count < 250)
        {
            RecordType type = types[random.Next(types.Length)];
            byte[] label = random.Next(3) == 0 ? records.Octets(1, 20) : System.Text.Encoding.ASCII.GetBytes($"n{entries.Count}");
            DnsName name = DnsName.Copy(DnsName.Parse(Zone).Child(label).Span);
            EntryDraft draft = new(name, type)
            {
                Ttl = random.Next(100_000),
                Records = [.. Enumerable.Range(0, type is RecordType.CNAME or RecordType.DNAME ? 1 : random.Next(1, 4))
                    .Select(_ => RecordText.Write(type, records.Data(type)))],
            };
            if (rules.TryAccept(draft, false, out _) is { } entry) entries.TryAdd(name, entry);
        }

        return new EntryExport(7, EntryTestData.Start, [.. entries.Values.OrderBy(e => e.Key, EntryOrder.Instance)]);
    }

    private async Task<string> CompileAsync(string text)
    {
        string file = _folder.PathOf("zone");
        await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
        return (await OutsideClient.RunAsync(
            "named-compilezone", "-q", "-i", "none", "-k", "ignore", "-m", "ignore", "-n", "ignore", "-r", "ignore", "-s", "full",
            "-o", _folder.PathOf("compiled"), Zone,
            file)).Text + await File.ReadAllTextAsync(_folder.PathOf("compiled"), TestContext.Current.CancellationToken);
    }

    private static IEnumerable<string> Records(EntryExport export) => Sorted(export.Entries
        .SelectMany(entry => entry.Records.Select(
            record => $"{entry.Name} {entry.Ttl} {RecordTypeText.Write(entry.Type)} {Convert.ToHexString(record.Data)}")));

    /// <summary>The records of a zone file or of dig's answers, each in one form.</summary>
    private static IEnumerable<string> Records(string text, DnsName? origin = null)
    {
        var reader = new ZoneReader(new StringReader(text), origin);
        var records = new List<string>();
        while (reader.TryRead(out ZoneRecord record))
        {
            Assert.True(record.Problem is null, $"line {record.Line}: {record.Problem}");
            Assert.True(RecordText.TryRead(record.Type, record.Text, out byte[] data, out string? error), error);
            records.Add($"{record.Name} {record.Ttl} {RecordTypeText.Write(record.Type)} {Convert.ToHexString(data)}");
        }

        return Sorted(records);
    }

    private static IEnumerable<string> Sorted(IEnumerable<string> records) => records.Distinct().Order(StringComparer.Ordinal);
}
