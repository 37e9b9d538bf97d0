using System.Net.Sockets;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Api.Doh;
using KubeDoH.Tests.Fuzz;

namespace KubeDoH.Tests.Listeners;

/// <summary>
/// The hostile messages of DoH over UDP and TCP: the same verdicts, but that a message which cannot be read is FORMERR here.
/// </summary>
public sealed class HostileMessagesTests
{
    /// <summary>Octets of a question over UDP that are read; a longer one is FORMERR, whatever it says.</summary>
    private const int LongestRead = 4096;

    /// <summary>Octets of the longest datagram (RFC 768 over RFC 791).</summary>
    private const int LongestDatagram = 65_507;

    [Theory]
    [MemberData(nameof(HostileMessageTests.Cases), MemberType = typeof(HostileMessageTests))]
    public async Task Message_gets_the_verdict_of_DoH(string message, string verdict)
    {
        byte[] bytes = HostileMessages.Make(message);
        string? expected = verdict switch
        {
            nameof(WireError.NotAQuestion) => null,
            nameof(WireError.BadName) or nameof(WireError.Truncated) or nameof(WireError.TrailingBytes) => "FORMERR",
            _ => verdict,
        };
        await using ClassicServer server = ClassicServer.Start(FuzzWorld.Resolver);

        Assert.Equal(expected, await OverTcpAsync(server, bytes));
        if (bytes.Length <= LongestDatagram)
            Assert.Equal(bytes.Length > LongestRead ? "FORMERR" : expected, await OverUdpAsync(server, bytes));
        Assert.DoesNotContain(server.Log.All, line => line.Contains("bug", StringComparison.Ordinal));
    }

    /// <summary>Null where the connection ends without a reply.</summary>
    private static async Task<string?> OverTcpAsync(ClassicServer server, byte[] message)
    {
        using TcpClient client = await ClassicClient.ConnectTcpAsync(server.Tcp);
        await client.GetStream().WriteAsync(ClassicClient.Frame(message), TestContext.Current.CancellationToken);
        return await ClassicClient.ReadAsync(client.GetStream()) is { } reply ? RcodeText.Write(HostileMessages.RcodeOf(reply)) : null;
    }

    /// <summary>Null where the first reply is that to the next question.</summary>
    private static async Task<string?> OverUdpAsync(ClassicServer server, byte[] message)
    {
        const ushort next = 0x4321;
        using Socket socket = ClassicClient.Connect(server.Udp);
        await socket.SendAsync(message, TestContext.Current.CancellationToken);
        await socket.SendAsync(ClassicClient.Question("localhost", id: next), TestContext.Current.CancellationToken);
        byte[] reply = await ClassicClient.ReceiveAsync(socket);
        return MessageHeader.Read(reply).Id == next ? null : RcodeText.Write(HostileMessages.RcodeOf(reply));
    }
}
