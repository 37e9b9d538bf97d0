using System.Buffers;
using System.Net.Sockets;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward.Exchanges;

/// <summary>
/// Datagrams. Every question leaves from a socket of its own, so that the port is the kernel's random choice and only what the server's
/// address and port sent comes in; with a random id, and the question verified in the case that it was sent in, a forger has to guess
/// them all (RFC 5452 4, 9). What does not match is passed over and waited on.
/// </summary>
internal sealed class UdpExchange
{
    /// <summary>Some servers send more than we advertise; what is longer than this is cut, and malformed then.</summary>
    private const int DatagramSize = 4096;

    private readonly NameCases _cases = new();

    /// <summary>The reply. Network errors are exceptions, and the end of the try is one of cancellation.</summary>
    public async ValueTask<byte[]> AskAsync(UpstreamServer server, UpstreamQuestion question, bool edns, CancellationToken cancellationToken)
    {
        bool mixed = _cases.IsKeptBy(server.EndPoint);
        byte[]? reply = await AskOnceAsync(server, question, edns, mixed, cancellationToken).ConfigureAwait(false);
        if (reply is not null)
        {
            if (mixed) _cases.Kept(server.EndPoint);
            return reply;
        }

        _cases.Changed(server.EndPoint);
        return (await AskOnceAsync(server, question, edns, mixedCase: false, cancellationToken).ConfigureAwait(false))!;
    }

    /// <summary>Asks from a fresh port; null when the name came back in another case, so that nothing is believed.</summary>
    private static async Task<byte[]?> AskOnceAsync(
        UpstreamServer server, UpstreamQuestion question, bool edns, bool mixedCase, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.EndPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(DatagramSize + UpstreamQuestion.MaxSize);
        try
        {
            socket.Connect(server.EndPoint);
            Memory<byte> sent = buffer.AsMemory(DatagramSize);
            sent = sent[..QuestionMessage.Write(sent.Span, question, edns, mixedCase)];
            await socket.SendAsync(sent, SocketFlags.None, cancellationToken).ConfigureAwait(false);
            while (true)
            {
                Memory<byte> room = buffer.AsMemory(0, DatagramSize);
                int received = await socket.ReceiveAsync(room, SocketFlags.None, cancellationToken).ConfigureAwait(false);
                switch (QuestionMessage.Match(buffer.AsSpan(0, received), sent.Span, question, edns))
                {
                    case ReplyMatch.Exact:
                        QuestionMessage.LowerCase(buffer.AsSpan(0, received), question);
                        return buffer[..received];
                    case ReplyMatch.OtherCase when mixedCase:
                        return null;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
