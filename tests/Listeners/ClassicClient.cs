using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Listeners;

/// <summary>Asks over plain sockets, as a stub resolver does.</summary>
internal static class ClassicClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Stopped => TestContext.Current.CancellationToken;

    /// <summary>A socket that takes datagrams of that address only.</summary>
    public static Socket Connect(IPEndPoint server)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(server);
        return socket;
    }

    public static async Task<byte[]> AskUdpAsync(IPEndPoint server, byte[] message)
    {
        using Socket socket = Connect(server);
        await socket.SendAsync(message, Stopped);
        return await ReceiveAsync(socket);
    }

    /// <summary>The next reply, the one to a question that is always answered when there was none to the messages before.</summary>
    public static async Task<byte[]> ReceiveAsync(Socket socket)
    {
        var reply = new byte[ushort.MaxValue];
        int length = await socket.ReceiveAsync(reply, Stopped).AsTask().WaitAsync(Patience, Stopped);
        return reply[..length];
    }

    public static async Task<byte[]> AskTcpAsync(IPEndPoint server, byte[] message)
    {
        using TcpClient client = await ConnectTcpAsync(server);
        await client.GetStream().WriteAsync(Frame(message), Stopped);
        return (await ReadAsync(client.GetStream()))!;
    }

    /// <summary>Over UDP, and over TCP where that was truncated (RFC 7766 5).</summary>
    public static async Task<byte[]> AskAsync(IPEndPoint udp, IPEndPoint tcp, byte[] message)
    {
        byte[] reply = await AskUdpAsync(udp, message);
        return MessageHeader.Read(reply).Has(MessageHeader.Truncated) ? await AskTcpAsync(tcp, message) : reply;
    }

    public static async Task<TcpClient> ConnectTcpAsync(IPEndPoint server)
    {
        var client = new TcpClient(server.AddressFamily) { NoDelay = true };
        await client.ConnectAsync(server, Stopped);
        return client;
    }

    /// <summary>A message behind its length (RFC 1035 4.2.2).</summary>
    public static byte[] Frame(byte[] message)
    {
        byte[] frame = [0, 0, .. message];
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)message.Length);
        return frame;
    }

    /// <summary>The next message; null at the end of the stream, however it came.</summary>
    public static async Task<byte[]?> ReadAsync(Stream stream)
    {
        try
        {
            var prefix = new byte[2];
            await stream.ReadExactlyAsync(prefix, Stopped).AsTask().WaitAsync(Patience, Stopped);
            var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
            await stream.ReadExactlyAsync(message, Stopped).AsTask().WaitAsync(Patience, Stopped);
            return message;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>A question with an id and an EDNS payload size of one's own; 0 for no EDNS.</summary>
    public static byte[] Question(string name, RecordType type = RecordType.A, ushort id = 0x1234, ushort udpSize = 0)
    {
        byte[] message = Api.Doh.Messages.Question(name, type, edns: udpSize > 0);
        BinaryPrimitives.WriteUInt16BigEndian(message, id);
        if (udpSize > 0) BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(message.Length - 8), udpSize);
        return message;
    }
}
