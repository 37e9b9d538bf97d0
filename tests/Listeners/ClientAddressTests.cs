using System.Net;
using KubeDoH.Engine.Listeners;

namespace KubeDoH.Tests.Listeners;

public class ClientAddressTests
{
    /// <summary>Family, port, then the address of IPv4 and eight octets of nothing, or flow label, address and scope of IPv6.</summary>
    [Theory]
    [InlineData("0200 1236 c0000207 0000000000000000", "192.0.2.7:4662")]
    [InlineData("0a00 ffff 00000000 20010db8000000000000000000000007 00000000", "[2001:db8::7]:65535")]
    [InlineData("0a00 0001 00000000 00000000000000000000ffffc0000207 00000000", "192.0.2.7:1")]
    [InlineData("0200 0000 c0000207 0000000000000000", null)]
    [InlineData("0a00 0000 00000000 20010db8000000000000000000000007 00000000", null)]
    [InlineData("0200 1236", null)]
    [InlineData("", null)]
    public void Address_and_port_are_read(string octets, string? expected)
    {
        bool isRead = ClientAddress.TryRead(
            Convert.FromHexString(octets.Replace(" ", "", StringComparison.Ordinal)), out ClientEndPoint client);

        Assert.Equal(expected, isRead ? $"{new IPEndPoint(new IPAddress(client.Address.ToData()), client.Port)}" : null);
    }
}
