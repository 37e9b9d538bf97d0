using System.Net;
using System.Net.Sockets;
using KubeDoH.Api.Hosting;

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
}
