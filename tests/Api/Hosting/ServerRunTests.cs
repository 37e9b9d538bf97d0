using System.Net;
using System.Net.Sockets;
using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Dns;

namespace KubeDoH.Tests.Api.Hosting;

public sealed class ServerRunTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public void Port_in_use_is_named_with_the_key_to_change(string host)
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        var address = new ListenAddress(host, ((IPEndPoint)taken.LocalEndPoint!).Port);

        Assert.Equal(
            $"cannot listen on {address}: the port is in use; Listen:Https names it, --Listen:Https=ADDRESS:PORT changes it",
            ServerRun.WhyNotListening(new ListenOptions { Http = [], Https = [address] }));
        Assert.Null(ServerRun.WhyNotListening(new ListenOptions { Http = [new("127.0.0.1", 0)], Https = [] }));
    }

    /// <summary>A port of classic DNS has to be free twice over.</summary>
    [Theory]
    [InlineData(SocketType.Dgram)]
    [InlineData(SocketType.Stream)]
    public void Port_of_classic_dns_in_use_is_named_with_the_key_to_change(SocketType type)
    {
        using var taken = new Socket(AddressFamily.InterNetwork, type, ProtocolType.Unspecified);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        if (type == SocketType.Stream) taken.Listen();
        var address = new ListenAddress("127.0.0.1", ((IPEndPoint)taken.LocalEndPoint!).Port);

        Assert.Equal(
            $"cannot listen on {address}: the port is in use; Listen:Dns names it, --Listen:Dns=ADDRESS:PORT changes it",
            ServerRun.WhyNotListening(new ListenOptions { Http = [], Https = [], Dns = [new DnsListenAddress(address)] }));
    }

    [Theory]
    [InlineData("127.0.0.1", "0.0.0.0")]
    [InlineData("localhost", "127.0.0.1")]
    [InlineData("localhost", "[::1]")]
    [InlineData("*", "[::1]")]
    [InlineData("*", "127.0.0.1")]
    public void Addresses_that_overlap_are_told_before_the_server_trips_over_them(string first, string second)
    {
        using var free = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        free.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        int port = ((IPEndPoint)free.LocalEndPoint!).Port;
        free.Dispose();

        Assert.Equal(
            $"cannot listen on {second}:{port}: the port is in use; Listen:Https names it, --Listen:Https=ADDRESS:PORT changes it",
            ServerRun.WhyNotListening(new ListenOptions { Http = [new(first, port)], Https = [new(second.Trim('[', ']'), port)] }));
    }

    /// <summary>An upstream at an address of one's own is oneself, also where the address stands for every one.</summary>
    [Fact]
    public void Own_addresses_are_those_of_every_listener()
    {
        var listen = new ListenOptions
        {
            Dns = [new(new("192.0.2.1", 53), "shop"), new(new("*", 5353))],
            Dot = [new(new("localhost", 853))],
        };
        string[] own = [.. DnsEndpoints.Own(listen).Select(endpoint => endpoint.ToString())];

        Assert.Contains("192.0.2.1:53", own);
        Assert.Contains("127.0.0.1:853", own);
        Assert.Contains("127.0.0.1:5353", own);
        Assert.DoesNotContain("127.0.0.1:53", own);
    }
}
