using System.Text;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Wire;

/// <summary>Text and octets of every type; the examples of RFC 9460 are those of its appendix D.</summary>
public sealed class RecordTextTests
{
    public static TheoryData<RecordType, string, string> Canonical => new()
    {
        { RecordType.A, "192.0.2.1", "c0000201" },
        { RecordType.AAAA, "::", "00000000000000000000000000000000" },
        { RecordType.AAAA, "2001:db8::1:0:0:1", "20010db8000000000001000000000001" },
        { RecordType.AAAA, "2001:db8:0:1:1:1:1:1", "20010db8000000010001000100010001" },
        { RecordType.AAAA, "1::", "00010000000000000000000000000000" },
        { RecordType.AAAA, "::ffff:192.0.2.1", "00000000000000000000ffffc0000201" },
        { RecordType.AAAA, "64:ff9b::c000:201", "0064ff9b0000000000000000c0000201" },
        { RecordType.CNAME, "a.example.", "0161076578616d706c6500" },
        { RecordType.CNAME, ".", "00" },
        { RecordType.CNAME, @"a\.b\032c\@.", "06612e6220634000" },
        { RecordType.NS, "ns.", "026e7300" },
        { RecordType.PTR, "p.", "017000" },
        { RecordType.DNAME, "d.", "016400" },
        { RecordType.SOA, "ns. host. 4294967295 3600 600 86400 30", "026e730004686f737400ffffffff00000e1000000258000151800000001e" },
        { RecordType.MX, "10 mx.", "000a026d7800" },
        { RecordType.TXT, "\"v=spf1 -all\"", "0b763d73706631202d616c6c" },
        { RecordType.TXT, "\"\" \"a;(b)\"", "0005613b286229" },
        { RecordType.TXT, @"""q\""b\\\000\127\255""", "077122625c007fff" },
        { RecordType.HINFO, "\"RFC8482\" \"\"", "075246433834383200" },
        { RecordType.SRV, "1 2 443 t.", "0001000201bb017400" },
        { RecordType.RP, "m. t.", "016d00017400" },
        { RecordType.AFSDB, "1 h.", "0001016800" },
        { RecordType.NAPTR, "100 10 \"u\" \"E2U+sip\" \"!^.*$!x!\" .", "0064000a0175074532552b73697008215e2e2a2421782100" },
        { RecordType.NAPTR, "1 2 \"\" \"\" \"\" r.", "00010002000000017200" },
        { RecordType.CAA, "0 issue \"ca.example; k=\\\"v\\\"\"", "0005697373756563612e6578616d706c653b206b3d227622" },
        { RecordType.CAA, "128 iodef \"\"", "8005696f646566" },
        { RecordType.TLSA, "3 1 1 ABCD", "030101abcd" },
        { RecordType.SSHFP, "4 2 0123456789ABCDEF", "04020123456789abcdef" },
        { RecordType.DS, "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118", "ec4505012bb183af5f22588179a53b0a98631fad1a292118" },
        { RecordType.DNSKEY, "257 3 13 AQID", "0101030d010203" },
        { RecordType.RRSIG, "A 5 3 86400 20030322173103 20030220173103 2642 example. AQID",
            "0001050300015180" + "3e7c9dd7" + "3e5510d7" + "0a52" + "076578616d706c6500" + "010203" },
        { RecordType.NSEC, "host.example. A MX RRSIG NSEC TYPE1234",
            "04686f7374076578616d706c65000006400100000003041b000000000000000000000000000000000000000000000000000020" },
        { RecordType.NSEC, ".", "00" },
        { RecordType.NSEC3, "1 1 12 AABBCCDD 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR NS SOA MX RRSIG DNSKEY NSEC3PARAM",
            "0101000c04aabbccdd14174eb2409fe28bcb4887a1836f957f0a8425e27b" + "000722010000000290" },
        { RecordType.NSEC3, "1 0 0 - CK A", "010000000001650001" + "40" },
        { RecordType.NSEC3PARAM, "1 0 12 AABBCCDD", "0100000c04aabbccdd" },
        { RecordType.NSEC3PARAM, "1 0 0 -", "0100000000" },
        { RecordType.CDS, "0 0 0 00", "0000000000" },
        { RecordType.CDNSKEY, "0 3 0 AA==", "0000030000" },
        { RecordType.CSYNC, "66 3 A NS AAAA", "00000042000300046000000" + "8" },
        { RecordType.URI, "10 1 \"ftp://ftp1.example/\"", "000a00016674703a2f2f667470312e6578616d706c652f" },
        { RecordType.SMIMEA, "3 0 0 ABCD", "030000abcd" },
        { RecordType.OPENPGPKEY, "AQID", "010203" },
        { RecordType.DHCID, "AQID", "010203" },
        { RecordType.CERT, "1 2 3 AQID", "0001000203010203" },
        { RecordType.ZONEMD, "2018031500 1 1 FEBE3D4C", "7848b78c0101febe3d4c" },
        { (RecordType)65280, @"\# 4 0a000001", "0a000001" },
        { (RecordType)65280, @"\# 0", "" },
        { RecordType.HTTPS, "0 foo.example.com.", "000003666f6f076578616d706c6503636f6d00" },
        { RecordType.SVCB, "1 .", "000100" },
        { RecordType.SVCB, "16 foo. port=53", "001003666f6f00000300020035" },
        { RecordType.SVCB, "1 . key667=\"hello\"", "000100029b000568656c6c6f" },
        { RecordType.SVCB, "1 . key667=\"hello\\210qoo\"", "000100029b000968656c6c6fd2716f6f" },
        { RecordType.SVCB, "1 . ipv6hint=2001:db8::1,2001:db8::53:1",
            "0001000006002020010db800000000000000000000000120010db8000000000000000000530001" },
        { RecordType.SVCB, "16 . mandatory=alpn,ipv4hint alpn=\"h2,h3-19\" ipv4hint=192.0.2.1",
            "00100000000004000100040001000902683205" + "68332d3139" + "00040004c0000201" },
        { RecordType.SVCB, @"16 . alpn=""f\\\\oo\\,bar,h2""", "0010000001000c08665c6f6f2c626172026832" },
        { RecordType.HTTPS, "1 . alpn=\"h2\" no-default-alpn ech=YWJj dohpath=\"/dns-query{?dns}\"",
            "00010000010003026832000200000005000361626300070010" + "2f646e732d71756572797b3f646e737d" },
        { RecordType.SVCB, "1 . key8 key65534=\"x\"", "00010000080000fffe000178" },
    };

    [Theory, MemberData(nameof(Canonical))]
    public void Canonical_text_is_read_and_written(RecordType type, string text, string hex)
    {
        Assert.True(RecordText.TryRead(type, text, out byte[] data, out string? error), error);
        Assert.Equal(hex, Convert.ToHexStringLower(data));
        Assert.True(RecordData.IsValid(type, data));
        Assert.Equal(text, RecordText.Write(type, data));
    }

    [Theory]
    [InlineData(RecordType.A, @"\# 4 C0000201", "192.0.2.1")]
    [InlineData(RecordType.A, @" 192.0.2.1	", "192.0.2.1")]
    [InlineData(RecordType.AAAA, "2001:DB8:0:0:0:0:0:1", "2001:db8::1")]
    [InlineData(RecordType.AAAA, "::192.0.2.33", "::c000:221")]
    [InlineData(RecordType.CNAME, "WWW.Example.COM", "www.example.com.")]
    [InlineData(RecordType.CNAME, "bücher.example", "xn--bcher-kva.example.")]
    [InlineData(RecordType.SOA, "NS.x host.x 1 1h 10m 1W 1h30m", "ns.x. host.x. 1 3600 600 604800 5400")]
    [InlineData(RecordType.TXT, "v=spf1 -all", "\"v=spf1\" \"-all\"")]
    [InlineData(RecordType.TXT, "\"Keep Case\" a\\ b \"c\"\"d\"", "\"Keep Case\" \"a b\" \"c\" \"d\"")]
    [InlineData(RecordType.TXT, "\"ü\tx\"", "\"\\195\\188\\009x\"")]
    [InlineData(RecordType.TXT, "a\\;b\\(", "\"a;b(\"")]
    [InlineData(RecordType.CAA, "0 issue ca.example", "0 issue \"ca.example\"")]
    [InlineData(RecordType.DS, "1 8 2 abCD 0102", "1 8 2 ABCD0102")]
    [InlineData(RecordType.DNSKEY, "256 3 8 AQ ID", "256 3 8 AQID")]
    [InlineData(RecordType.RRSIG, "TYPE1 5 3 1 1048354263 20030220173103 1 . AQID", "A 5 3 1 20030322173103 20030220173103 1 . AQID")]
    [InlineData(RecordType.HTTPS, "1 . port=\"443\" alpn=h3,h2", "1 . alpn=\"h3,h2\" port=443")]
    [InlineData(RecordType.SVCB, @"1 . alpn=f\\\092oo\092,bar,h2", @"1 . alpn=""f\\\\oo\\,bar,h2""")]
    [InlineData(RecordType.SVCB, "1 . ipv6hint=\"2001:db8:122:344::192.0.2.33\"", "1 . ipv6hint=2001:db8:122:344::c000:221")]
    [InlineData(RecordType.SVCB, "1 . mandatory=port,alpn port=1 alpn=\"a b\"", "1 . mandatory=alpn,port alpn=\"a b\" port=1")]
    [InlineData(RecordType.SVCB, "1 . KEY7=/q{?dns} key1=h2", "1 . alpn=\"h2\" dohpath=\"/q{?dns}\"")]
    public void Lenient_text_becomes_canonical(RecordType type, string text, string canonical)
    {
        Assert.True(RecordText.TryRead(type, text, out byte[] data, out string? error), error);
        Assert.Equal(canonical, RecordText.Write(type, data));
    }

    [Theory]
    [InlineData(RecordType.A, "", "the address is missing")]
    [InlineData(RecordType.A, "1.2.3", "the address must be an IPv4 address")]
    [InlineData(RecordType.A, "1.2.3.256", "the address must be an IPv4 address")]
    [InlineData(RecordType.A, "1.2.3.04", "the address must be an IPv4 address")]
    [InlineData(RecordType.A, "1.2.3.4.5", "the address must be an IPv4 address")]
    [InlineData(RecordType.A, "1.2.3.4 5.6.7.8", "nothing may follow the address")]
    [InlineData(RecordType.AAAA, "fe80::1%eth0", "the address must be an IPv6 address")]
    [InlineData(RecordType.AAAA, "[::1]", "the address must be an IPv6 address")]
    [InlineData(RecordType.AAAA, "192.0.2.1", "the address must be an IPv6 address")]
    [InlineData(RecordType.MX, "mx.example", "the preference must be a number from 0 to 65535")]
    [InlineData(RecordType.MX, "65536 mx", "the preference must be a number from 0 to 65535")]
    [InlineData(RecordType.MX, "-1 mx", "the preference must be a number from 0 to 65535")]
    [InlineData(RecordType.MX, "10", "the exchange is missing")]
    [InlineData(RecordType.MX, "10 \"mx\"", "the exchange must not be quoted")]
    [InlineData(RecordType.CNAME, "a..b", "the target is no domain name: the name has an empty label")]
    [InlineData(RecordType.SOA, "ns. h. 1 1x 1 1 1", "the refresh must be seconds from 0 to 4294967295, or a time such as 1h30m")]
    [InlineData(RecordType.TXT, "", "the text is missing")]
    [InlineData(RecordType.TXT, "\"a", "a quoted string is not closed")]
    [InlineData(RecordType.TXT, "a\"b", "the text is malformed: a quote inside a word must be written as \\\"")]
    [InlineData(RecordType.TXT, "a\\", "the text is malformed: the text ends in a backslash")]
    [InlineData(RecordType.TXT, "\\256", "the text is malformed: an escape must be \\DDD with DDD from 000 to 255")]
    [InlineData(RecordType.TXT, "\"a\nb\"", "line breaks and control characters must be written as \\DDD")]
    [InlineData(RecordType.TXT, "( a )", "'(' must be quoted or escaped: parentheses and comments belong in zone files")]
    [InlineData(RecordType.TXT, "a ; b", "';' must be quoted or escaped: parentheses and comments belong in zone files")]
    [InlineData(RecordType.HINFO, "one", "the OS is missing")]
    [InlineData(RecordType.CAA, "256 issue x", "the flags must be a number from 0 to 255")]
    [InlineData(RecordType.CAA, "0 is-sue x", "the tag must be 1 to 255 ASCII letters and digits")]
    [InlineData(RecordType.TLSA, "3 1 1 abc", "the certificate data must be hexadecimal digits, two an octet")]
    [InlineData(RecordType.TLSA, "3 1 1 xx", "the certificate data must be hexadecimal digits, two an octet")]
    [InlineData(RecordType.DNSKEY, "1 3 8 A", "the public key must be base64")]
    [InlineData(RecordType.NSEC, "", "the next name is missing")]
    [InlineData(RecordType.NSEC, "a. A NOPE", "the types must be record types")]
    [InlineData(RecordType.NSEC3, "1 0 0 xx CO A", "the salt must be hexadecimal digits of up to 255 octets, or -")]
    [InlineData(RecordType.NSEC3, "1 0 0 abc CO A", "the salt must be hexadecimal digits of up to 255 octets, or -")]
    [InlineData(RecordType.NSEC3, "1 0 0 - CW A", "the next hashed name must be base32 of 1 to 255 octets")]
    [InlineData(RecordType.NSEC3, "1 0 0 - C A", "the next hashed name must be base32 of 1 to 255 octets")]
    [InlineData(RecordType.NSEC3, "1 0 0 -", "the next hashed name is missing")]
    [InlineData(RecordType.RRSIG, "NOPE 5 3 1 1 1 1 . AQID", "the type covered must be a record type")]
    [InlineData(
        RecordType.RRSIG, "A 5 3 1 20031322173103 1 1 . AQID", "the expiration must be a time as YYYYMMDDHHmmSS or seconds since 1970")]
    [InlineData(RecordType.A, @"\# 4 c00002", @"the length behind \# is 4, but 3 octets follow")]
    [InlineData(RecordType.A, @"\# 3 c00002", "the octets are no data of type A")]
    [InlineData(RecordType.A, @"\# x", @"the length behind \# must be a number from 0 to 65535")]
    [InlineData(RecordType.A, @"\# 1 0", @"the data behind \# must be hexadecimal digits, two an octet")]
    [InlineData(RecordType.CNAME, @"\# 2 c000", "the octets are no data of type CNAME")]
    [InlineData((RecordType)65280, "abc", @"data of this type must be written as \# length hexadecimal (RFC 3597)")]
    [InlineData(RecordType.HTTPS, "0 . port=1", "an alias (priority 0) takes no parameters")]
    [InlineData(RecordType.SVCB, "1 . key123=abc key123=def", "the parameter key123=def comes twice")]
    [InlineData(RecordType.SVCB, "1 . mandatory", "mandatory must list other keys, each once")]
    [InlineData(RecordType.SVCB, "1 . alpn", "alpn must list protocols of 1 to 255 octets")]
    [InlineData(RecordType.SVCB, "1 . alpn=h2,,h3", "alpn must list protocols of 1 to 255 octets")]
    [InlineData(RecordType.SVCB, "1 . port", "port must be a number from 0 to 65535")]
    [InlineData(RecordType.SVCB, "1 . port=65536", "a parameter is malformed: the value of port is malformed")]
    [InlineData(RecordType.SVCB, "1 . ipv4hint", "ipv4hint must list IPv4 addresses")]
    [InlineData(RecordType.SVCB, "1 . ipv6hint=1.2.3.4", "a parameter is malformed: the value of ipv6hint is malformed")]
    [InlineData(RecordType.SVCB, "1 . no-default-alpn=abc alpn=h2", "no-default-alpn takes no value")]
    [InlineData(RecordType.SVCB, "1 . no-default-alpn", "no-default-alpn needs alpn beside it")]
    [InlineData(RecordType.SVCB, "1 . mandatory=key123", "a key named by mandatory is not among the parameters")]
    [InlineData(RecordType.SVCB, "1 . mandatory=mandatory", "mandatory must list other keys, each once")]
    [InlineData(RecordType.SVCB, "1 . mandatory=key123,key123 key123=abc", "mandatory must list other keys, each once")]
    [InlineData(RecordType.SVCB, "1 . nokey=1", "a parameter is malformed: a key must be a name such as alpn or keyNNNNN")]
    public void Malformed_text_is_refused_with_the_field_named(RecordType type, string text, string expected)
    {
        Assert.False(RecordText.TryRead(type, text, out byte[] data, out string? error));
        Assert.Equal(expected, error);
        Assert.Empty(data);
    }

    [Fact]
    public void Text_with_half_a_character_is_refused()
    {
        Assert.False(RecordText.TryRead(RecordType.TXT, "\ud800", out _, out string? error));
        Assert.Equal("the text is malformed: the text is not valid Unicode", error);
    }

    [Fact]
    public void Strings_are_limited_to_255_octets()
    {
        Assert.True(RecordText.TryRead(RecordType.TXT, $"\"{new string('a', 255)}\"", out _, out _));
        Assert.False(RecordText.TryRead(RecordType.TXT, $"\"{new string('a', 256)}\"", out _, out string? quoted));
        Assert.Equal("the text has a string longer than 255 octets", quoted);
        Assert.False(RecordText.TryRead(RecordType.TXT, new string('a', 256), out _, out string? bare));
        Assert.Equal(quoted, bare);
    }

    [Fact]
    public void Data_is_limited_to_65535_octets()
    {
        string text = string.Join(' ', Enumerable.Repeat(new string('a', 255), 256));
        Assert.True(RecordText.TryRead(RecordType.TXT, text.AsSpan(0, text.Length - 256), out _, out _));
        Assert.False(RecordText.TryRead(RecordType.TXT, text, out _, out string? error));
        Assert.Equal("the data is longer than 65535 octets", error);
    }

    [Theory]
    [InlineData(RecordType.A, "010203", @"\# 3 010203")]
    [InlineData(RecordType.TXT, "", @"\# 0")]
    [InlineData(RecordType.SOA, "0000", @"\# 2 0000")]
    [InlineData(RecordType.CNAME, "c000", @"\# 2 c000")]
    [InlineData(RecordType.CAA, "0000", @"\# 2 0000")]
    [InlineData(RecordType.NSEC, "00000100", @"\# 4 00000100")]
    [InlineData(RecordType.NSEC, "0001014000014" + "0", @"\# 7 00010140000140")]
    [InlineData(RecordType.NSEC3PARAM, "010000000400", @"\# 6 010000000400")]
    [InlineData(RecordType.HTTPS, "000100000300013500", @"\# 9 000100000300013500")]
    [InlineData(RecordType.HTTPS, "000100000300020035000300020036", @"\# 15 000100000300020035000300020036")]
    [InlineData(RecordType.HTTPS, "000000000300020035", @"\# 9 000000000300020035")]
    public void Malformed_data_is_written_as_octets(RecordType type, string hex, string text)
    {
        byte[] data = Convert.FromHexString(hex);
        Assert.False(RecordData.IsValid(type, data));
        Assert.Equal(text, RecordText.Write(type, data));
    }

    [Theory, MemberData(nameof(Canonical))]
    public void Writing_needs_exactly_its_room_and_allocates_nothing(RecordType type, string text, string hex)
    {
        byte[] data = Convert.FromHexString(hex), room = new byte[text.Length];
        Assert.True(RecordText.TryWrite(type, data, room, out int written));
        Assert.Equal(text, Encoding.ASCII.GetString(room, 0, written));

        long before = GC.GetAllocatedBytesForCurrentThread();
        RecordText.TryWrite(type, data, room, out _);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        for (int size = 0; size < text.Length; size++) Assert.False(RecordText.TryWrite(type, data, room.AsSpan(0, size), out _));
    }

    [Theory]
    [InlineData("A", RecordType.A)]
    [InlineData("https", RecordType.HTTPS)]
    [InlineData("TYPE65", RecordType.HTTPS)]
    [InlineData("type65280", (RecordType)65280)]
    [InlineData("28", RecordType.AAAA)]
    public void Type_is_read_by_mnemonic_and_number(string text, RecordType expected)
    {
        Assert.True(RecordTypeText.TryRead(text, out RecordType type));
        Assert.Equal(expected, type);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("TYPE0")]
    [InlineData("65536")]
    [InlineData("+1")]
    [InlineData(" A")]
    [InlineData("A,CNAME")]
    [InlineData("TYPE")]
    [InlineData("NOPE")]
    public void Type_that_is_no_type_is_refused(string text) => Assert.False(RecordTypeText.TryRead(text, out _));
}
