using KubeDoH.Engine.Wire;
using KubeDoH.Engine.Wire.Zones;

namespace KubeDoH.Tests.Wire.Zones;

/// <summary>Zone files, RFC 1035 5.1 and what came to it; a record is shown as its line, owner, TTL, type and data.</summary>
public sealed class ZoneReaderTests
{
    [Theory]
    [InlineData("a.example. 60 IN A 192.0.2.1", "1 a.example. 60 A 192.0.2.1")]
    [InlineData("a.example. IN 60 A 192.0.2.1", "1 a.example. 60 A 192.0.2.1")]
    [InlineData("a.example. in 1h30m a 192.0.2.1", "1 a.example. 5400 A 192.0.2.1")]
    [InlineData("a.example. A 192.0.2.1", "1 a.example. - A 192.0.2.1")]
    [InlineData("a.example. CLASS1 TYPE1 \\# 4 C0000201", "1 a.example. - A 192.0.2.1")]
    [InlineData("A 60 A 192.0.2.1", "1 a.o.example. 60 A 192.0.2.1")]
    [InlineData("IN IN TXT in", "1 in.o.example. - TXT \"in\"")]
    [InlineData("60 60 TXT x", "1 60.o.example. 60 TXT \"x\"")]
    [InlineData("@ MX 10 mail", "1 o.example. - MX 10 mail.o.example.")]
    [InlineData("www CNAME @", "1 www.o.example. - CNAME o.example.")]
    [InlineData("www CNAME other.", "1 www.o.example. - CNAME other.")]
    [InlineData("\\@ TXT x", "1 \\@.o.example. - TXT \"x\"")]
    [InlineData("a\\. TXT x", "1 a\\..o.example. - TXT \"x\"")]
    [InlineData("a\\\\. TXT x", "1 a\\\\. - TXT \"x\"")]
    [InlineData("a\\046b\\000 TXT \"\\034\\255;(\"", "1 a\\.b\\000.o.example. - TXT \"\\\"\\255;(\"")]
    [InlineData("*.w A 192.0.2.1", "1 *.w.o.example. - A 192.0.2.1")]
    [InlineData("0/25 NS ns", "1 0/25.o.example. - NS ns.o.example.")]
    [InlineData("bücher A 192.0.2.1", "1 xn--bcher-kva.o.example. - A 192.0.2.1")]
    [InlineData("a TYPE65280 \\# 3 ab cd ef", "1 a.o.example. - TYPE65280 \\# 3 abcdef")]
    [InlineData("_s._tcp SRV 1 2 3 host ; why", "1 _s._tcp.o.example. - SRV 1 2 3 host.o.example.")]
    [InlineData("a HTTPS 1 . alpn=\"h2,h3\" port=443", "1 a.o.example. - HTTPS 1 . alpn=\"h2,h3\" port=443")]
    public void Record_is_read(string text, string expected) => Assert.Equal([expected], Read(text));

    [Theory]
    [InlineData("a TXT \"one ; two\" \"(\" ; comment ( \"", "1 a.o.example. - TXT \"one ; two\" \"(\"")]
    [InlineData("; comment\n\n   \n \t; more\na TXT x", "5 a.o.example. - TXT \"x\"")]
    [InlineData("a TXT ( one ; comment )\n two\n )\nb TXT x", "1 a.o.example. - TXT \"one\" \"two\"|4 b.o.example. - TXT \"x\"")]
    [InlineData("a ( 60\n IN ) A 192.0.2.1", "1 a.o.example. 60 A 192.0.2.1")]
    [InlineData("a TXT ((one) (two))", "1 a.o.example. - TXT \"one\" \"two\"")]
    [InlineData("a TXT \\( \\; \\\"", "1 a.o.example. - TXT \"(\" \";\" \"\\\"\"")]
    [InlineData("a A 192.0.2.1\r\n\tA 192.0.2.2\r\n", "1 a.o.example. - A 192.0.2.1|2 a.o.example. - A 192.0.2.2")]
    [InlineData("a A 192.0.2.1\n; between\n  60 IN TXT x", "1 a.o.example. - A 192.0.2.1|3 a.o.example. 60 TXT \"x\"")]
    [InlineData("$ORIGIN b\na A 192.0.2.1\n$ORIGIN c.\n@ TXT x", "2 a.b.o.example. - A 192.0.2.1|4 c. - TXT \"x\"")]
    [InlineData(
        "$TTL 1h ; default\na A 192.0.2.1\nb 60 A 192.0.2.1\nc A 192.0.2.1",
        "2 a.o.example. 3600 A 192.0.2.1|3 b.o.example. 60 A 192.0.2.1|4 c.o.example. 3600 A 192.0.2.1")]
    [InlineData("a 60 A 192.0.2.1\nb A 192.0.2.1", "1 a.o.example. 60 A 192.0.2.1|2 b.o.example. 60 A 192.0.2.1")]
    [InlineData(
        "@ SOA ns host ( 7 1h 600 1d 30 )\na A 192.0.2.1",
        "1 o.example. 30 SOA ns.o.example. host.o.example. 7 3600 600 86400 30|2 a.o.example. 30 A 192.0.2.1")]
    public void Lines_belong_together_as_the_file_says(string text, string expected) => Assert.Equal(expected.Split('|'), Read(text));

    [Theory]
    [InlineData("a A 192.0.2.500", "! a.o.example. the address must be an IPv4 address")]
    [InlineData(
        "a 60 60 A 192.0.2.1",
        "! a.o.example. '60' is no record type that has a name here; TYPE and its number can be written (RFC 3597 5)")]
    [InlineData(
        "a LOC 1 2 3", "! a.o.example. 'LOC' is no record type that has a name here; TYPE and its number can be written (RFC 3597 5)")]
    [InlineData("a CH A 192.0.2.1", "! a.o.example. the class is CH: only IN can be used")]
    [InlineData("a 60 IN", "! a.o.example. the record has no type")]
    [InlineData("a..b A 192.0.2.1", "! - the owner is no domain name: the name has an empty label")]
    [InlineData("a TXT \"open", "! - a quoted string is not closed on its line")]
    [InlineData("a TXT )", "! - a parenthesis is closed that was not opened")]
    [InlineData("a MX 10 x..y", "! a.o.example. the exchange is no domain name: the name has an empty label")]
    [InlineData("$UNIT 1", "! - there is no directive $UNIT")]
    [InlineData("$TTL soon", "! - $TTL must be seconds, or a time such as 1h30m")]
    [InlineData("$TTL 1 2", "! - one value belongs behind $TTL")]
    [InlineData("a A 192.0.2.\uFFFD", "! - what stands here is not UTF-8")]
    public void Bad_line_is_named_and_the_next_one_read(string text, string problem) =>
        Assert.Equal(["1 ok. - TXT \"1\"", $"2 {problem}", "3 ok. - TXT \"3\""], Read($"ok. TXT 1\n{text}\nok. TXT 3"));

    [Fact]
    public void Records_below_a_bad_owner_are_not_those_of_the_owner_before() => Assert.Equal(
        ["1 a.o.example. - TXT \"x\"", "2 ! - the owner is no domain name: the name has an "
            + "empty label", "3 ! - the record belongs to the owner above, and none could be read there"],
        Read("a TXT x\nb..c TXT x\n  TXT y"));

    [Theory]
    [InlineData(
        "$INCLUDE other.zone", null, "$INCLUDE is refused: nothing but this text is read. Put the lines of the other file in its place")]
    [InlineData("$ORIGIN a..b.", null, "$ORIGIN: the name has an empty label")]
    [InlineData("a. TXT x ( \nb. TXT y\n", null, "a parenthesis is opened here and closed nowhere below")]
    [InlineData("a TXT x", "", "'a' has no last dot, and there is no $ORIGIN and no origin that says what it lies below")]
    public void File_that_is_not_whole_is_refused(string text, string? origin, string problem)
    {
        var reader = new ZoneReader(new StringReader(text), origin is null ? DnsName.Parse("o.example") : null);

        Assert.True(reader.TryRead(out ZoneRecord record));

        Assert.Equal((true, 1, problem), (record.IsFatal, record.Line, record.Problem));
    }

    [Theory]
    [InlineData("1-3 h$ A 10.0.0.$", "h1 A 10.0.0.1|h2 A 10.0.0.2|h3 A 10.0.0.3")]
    [InlineData("0-10/5 h${1,3,d} 60 IN TXT ${0,2,x} $$ \\$", "h001 60 IN TXT 00 $ \\$|h006 60 IN TXT 05 $ \\$|h011 60 IN TXT 0a $ \\$")]
    [InlineData("8-9 $ PTR h${0,4,o}.x.", "8 PTR h0010.x.|9 PTR h0011.x.")]
    [InlineData("18-18 ${0,7,n} PTR ${0,0,N}.", "2.1.0.0 PTR 2.1.")]
    public void Generated_lines_are_those_of_bind(string directive, string lines) => Assert.Equal(
        Read(lines.Replace('|', '\n')).Select(record => record[record.IndexOf(' ', StringComparison.Ordinal)..]),
        Read("$GENERATE " + directive).Select(record => record[record.IndexOf(' ', StringComparison.Ordinal)..]));

    [Theory]
    [InlineData("3-1 a A 192.0.2.1")]
    [InlineData("1-3/0 a A 192.0.2.1")]
    [InlineData("a A 192.0.2.1")]
    [InlineData("0-65536 $ A 192.0.2.1")]
    [InlineData("1-2 ${-5} A 192.0.2.1")]
    [InlineData("1-2 ${0,1,q} A 192.0.2.1")]
    [InlineData("1-2 ${0 A 192.0.2.1")]
    [InlineData("1-2 ${0,999999,d} A 192.0.2.1")]
    public void Generating_that_makes_no_sense_is_named(string directive) =>
        Assert.StartsWith("1 ! - $GENERATE: ", Assert.Single(Read("$GENERATE " + directive)), StringComparison.Ordinal);

    [Fact]
    public void Generating_of_long_lines_is_named() => Assert.Equal(
        "1 ! - $GENERATE: what is repeated is longer than 2048 characters",
        Assert.Single(Read($"$GENERATE 1-2 a$ TXT {new string('x', ZoneGenerator.MaxTemplate)}")));

    [Fact]
    public void Record_may_be_long_and_not_endless()
    {
        string octets = string.Concat(Enumerable.Repeat("\\007", 250));
        string most = $"a TXT {string.Join("\n", Enumerable.Repeat('"' + octets + '"', 261).Prepend("("))})";
        string endless = "a TXT (" + new string('x', ZoneLines.MaxLength + 1) + ")\nb TXT x";

        Assert.StartsWith("1 a.o.example. - TXT \"\\007", Assert.Single(Read(most)), StringComparison.Ordinal);
        Assert.Equal([$"1 ! - the record is longer than {ZoneLines.MaxLength} characters", "2 b.o.example. - TXT \"x\""], Read(endless));
    }

    private static List<string> Read(string text)
    {
        var reader = new ZoneReader(new StringReader(text), DnsName.Parse("o.example"));
        var records = new List<string>();
        while (reader.TryRead(out ZoneRecord record))
        {
            string name = record.Name?.ToString() ?? "-";
            records.Add(record.Problem is { } problem
                ? $"{record.Line} ! {name} {problem}"
                : $"{record.Line} {name} {record.Ttl?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-"} "
                    + $"{RecordTypeText.Write(record.Type)} {record.Text}");
        }

        return records;
    }
}
