using KubeDoH.Engine.Forward;

namespace KubeDoH.Tests.Forward;

public class UpstreamServerTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1:53")]
    [InlineData("192.0.2.1:5353", "192.0.2.1:5353")]
    [InlineData("2001:db8::1", "[2001:db8::1]:53")]
    [InlineData("[2001:db8::1]", "[2001:db8::1]:53")]
    [InlineData("[2001:db8::1]:5353", "[2001:db8::1]:5353")]
    [InlineData("[fe80::1%1]:53", "[fe80::1%1]:53")]
    [InlineData("::1", "[::1]:53")]
    [InlineData("udp://192.0.2.1", "192.0.2.1:53")]
    [InlineData("tcp://192.0.2.1", "tcp://192.0.2.1:53")]
    [InlineData("tls://192.0.2.1", "tls://192.0.2.1:853")]
    [InlineData("TLS://[2001:db8::1]:8853#DNS.example", "tls://[2001:db8::1]:8853#dns.example")]
    [InlineData("https://192.0.2.1/dns-query", "https://192.0.2.1:443/dns-query")]
    [InlineData("https://[2001:db8::1]:8443/q?x=1", "https://[2001:db8::1]:8443/q?x=1")]
    [InlineData("https://dns.example/dns-query#192.0.2.1", "https://dns.example:443/dns-query#192.0.2.1")]
    [InlineData("https://dns.example:8443/dns-query#2001:db8::1", "https://dns.example:8443/dns-query#2001:db8::1")]
    public void Address_in_any_of_its_forms_is_read(string text, string expected)
    {
        Assert.True(UpstreamServer.TryParse(text, out UpstreamServer? server, out string? error), error);
        Assert.Equal(expected, server.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("dns.example")]
    [InlineData("192.0.2")]
    [InlineData("192.0.2.01")]
    [InlineData("3221225985")]
    [InlineData("192.0.2.1:")]
    [InlineData("192.0.2.1:0")]
    [InlineData("192.0.2.1:65536")]
    [InlineData("192.0.2.1:+53")]
    [InlineData("[192.0.2.1]:53")]
    [InlineData("[2001:db8::1")]
    [InlineData("[2001:db8::1]53")]
    [InlineData("[2001:db8::1]:")]
    [InlineData("[[2001:db8::1]]:53")]
    [InlineData("2001:db8::1::2")]
    [InlineData("fe80::1%no-such-interface")]
    [InlineData("ftp://192.0.2.1")]
    [InlineData("tls://dns.example")]
    [InlineData("tls://192.0.2.1#")]
    [InlineData("tls://192.0.2.1#192.0.2.1")]
    [InlineData("tcp://192.0.2.1#dns.example")]
    [InlineData("https://192.0.2.1")]
    [InlineData("https://dns.example/dns-query")]
    [InlineData("https://dns.example/dns-query#dns.example")]
    [InlineData("https://dns.example:0/dns-query#192.0.2.1")]
    [InlineData("https://dns.example/a b#192.0.2.1")]
    [InlineData("192.0.2.1 ")]
    public void Text_that_is_no_address_is_refused_and_quoted(string text)
    {
        Assert.False(UpstreamServer.TryParse(text, out _, out string? error));
        Assert.Contains($"'{text}'", error);
    }
}
