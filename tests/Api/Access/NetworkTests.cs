using System.Net;
using KubeDoH.Api.Hosting.Access;

namespace KubeDoH.Tests.Api.Access;

public class NetworkTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.255.0.1", true)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "11.0.0.0", false)]
    [InlineData("192.0.2.128/25", "192.0.2.127", false)]
    [InlineData("192.0.2.128/25", "192.0.2.128", true)]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("0.0.0.0/0", "203.0.113.9", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("::/0", "203.0.113.9", true)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("2001:db8::/33", "2001:db8:7fff::1", true)]
    [InlineData("2001:db8::/33", "2001:db8:8000::1", false)]
    [InlineData("::1", "::1", true)]
    [InlineData("::1", "::2", false)]
    [InlineData("fe80::/10", "fe80::1%3", true)]
    public void Network_holds_its_addresses(string network, string address, bool holds)
    {
        Assert.True(Network.TryParse(network, out Network read));
        Assert.Equal(holds, new[] { read }.Contains(IPAddress.Parse(address)));
        Assert.Equal(network, read.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("any")]
    [InlineData("10")]
    [InlineData("10/8")]
    [InlineData("0x0a.0.0.0/8")]
    [InlineData("010.0.0.0/8")]
    [InlineData("10.0.0.1/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("2001:db8::1/32")]
    [InlineData("2001:db8::/129")]
    [InlineData("[::1]")]
    public void Other_text_is_no_network(string text) => Assert.False(Network.TryParse(text, out _));

    [Fact]
    public void Nobody_without_an_address_is_anywhere()
    {
        Assert.True(Network.TryParse("::/0", out Network everywhere));
        Assert.False(new[] { everywhere }.Contains((IPAddress?)null));
    }
}
