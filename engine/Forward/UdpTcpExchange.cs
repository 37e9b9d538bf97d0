using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward;

/// <summary>
/// Classic DNS: UDP, and TCP for a reply that was cut short (RFC 7766 5). Every question leaves from a socket of its own, so that
/// the port is the kernel's random choice and only datagrams from the server's address and port come in; with a random id and the
/// question itself verified a forger has to guess them all (RFC 5452 4, 9). What does not match is passed over and waited on.
/// </summary>
internal sealed class UdpTcpExchange : IUpstreamExchange
{
    /// <summary>Some servers send more than we advertise; what is longer than this is cut, and malformed then.</summary>
    private const int DatagramSize = 4096;

    public async ValueTask<UpstreamReply> AskAsync(UpstreamServer server, UpstreamQuestion question, CancellationToken cancellationToken)
    {
        try
        {
            byte[] reply = await AskOverUdpAsync(server, question, edns: true, cancellationToken).ConfigureAwait(false);
            bool edns = !RefusesEdns(reply);
            if (!edns) reply = await AskOverUdpAsync(server, question, edns: false, cancellationToken).ConfigureAwait(false);
            if (MessageHeader.Read(reply).Has(MessageHeader.Truncated))
                reply = await AskOverTcpAsync(server, question, edns, cancellationToken).ConfigureAwait(false);
            return reply.Length == 0 ? new UpstreamReply(UpstreamFailure.Malformed) : new UpstreamReply(UpstreamFailure.None, reply);
        }
        catch (OperationCanceledException)
        {
            return new UpstreamReply(UpstreamFailure.TimedOut);
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException)
        {
            return new UpstreamReply(UpstreamFailure.NetworkError);
        }
    }

    private static async Task<byte[]> AskOverUdpAsync(
        UpstreamServer server, UpstreamQuestion question, bool edns, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.EndPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(DatagramSize);
        try
        {
            socket.Connect(server.EndPoint);
            ushort id = RandomId();
            int length = question.Write(buffer, id, edns);
            await socket.SendAsync(buffer.AsMemory(0, length), SocketFlags.None, cancellationToken).ConfigureAwait(false);
            while (true)
            {
                Memory<byte> room = buffer.AsMemory(0, DatagramSize);
                int received = await socket.ReceiveAsync(room, SocketFlags.None, cancellationToken).ConfigureAwait(false);
                if (IsReply(buffer.AsSpan(0, received), id, question, edns)) return buffer[..received];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Messages on a connection carry their length in front (RFC 1035 4.2.2).</summary>
    /// <returns>The reply; empty when what came is none to the question.</returns>
    private static async Task<byte[]> AskOverTcpAsync(
        UpstreamServer server, UpstreamQuestion question, bool edns, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server.EndPoint, cancellationToken).ConfigureAwait(false);
        ushort id = RandomId();
        byte[] message = new byte[2 + UpstreamQuestion.MaxSize];
        int length = question.Write(message.AsSpan(2), id, edns);
        BinaryPrimitives.WriteUInt16BigEndian(message, (ushort)length);
        for (int sent = 0; sent < 2 + length;)
        {
            Memory<byte> rest = message.AsMemory(sent, 2 + length - sent);
            sent += await socket.SendAsync(rest, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        }

        await FillAsync(socket, message.AsMemory(0, 2), cancellationToken).ConfigureAwait(false);
        byte[] reply = new byte[BinaryPrimitives.ReadUInt16BigEndian(message)];
        await FillAsync(socket, reply, cancellationToken).ConfigureAwait(false);
        return IsReply(reply, id, question, edns) ? reply : [];
    }

    private static async Task FillAsync(Socket socket, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            int received = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
            if (received == 0) throw new EndOfStreamException();
            buffer = buffer[received..];
        }
    }

    private static ushort RandomId()
    {
        Span<byte> id = stackalloc byte[2];
        RandomNumberGenerator.Fill(id);
        return BinaryPrimitives.ReadUInt16BigEndian(id);
    }

    private static bool IsReply(ReadOnlySpan<byte> message, ushort id, UpstreamQuestion question, bool edns) =>
        message.Length >= MessageHeader.Size
        && MessageHeader.Read(message).Id == id
        && (question.IsAnsweredBy(message, out _) || (edns && IsBareRefusal(message)));

    /// <summary>
    /// A server from before EDNS may send its FORMERR without the question (RFC 6891 7); all that follows is a second try without EDNS.
    /// </summary>
    private static bool IsBareRefusal(ReadOnlySpan<byte> message) =>
        message.Length == MessageHeader.Size && MessageHeader.Read(message) is { QuestionCount: 0 } header
        && header.Has(MessageHeader.Response) && RefusesEdns(message);

    private static bool RefusesEdns(ReadOnlySpan<byte> message) => MessageHeader.Read(message).Rcode is Rcode.FormErr or Rcode.NotImp;
}
