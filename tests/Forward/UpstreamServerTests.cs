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
    [InlineData("tls://192.0.2.1")]
    [InlineData("192.0.2.1 ")]
    public void Text_that_is_no_address_is_refused_and_quoted(string text)
    {
        Assert.False(UpstreamServer.TryParse(text, out _, out string? error));
        Assert.Contains($"'{text}'", error);
    }
}
