using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward.Exchanges;

/// <summary>
/// Asks a server over the transport that its address names. What a transport throws becomes a value here. A server that refuses EDNS is
/// asked without, and a datagram that was cut short is followed by a question over TCP.
/// </summary>
internal sealed class TransportExchange(ServerTrust trust, TimeProvider time) : IUpstreamExchange, IDisposable
{
    private readonly UdpExchange _udp = new();
    private readonly StreamExchange _streams = new(trust, time);
    private readonly HttpsExchange _https = new(trust);

    public async ValueTask<UpstreamReply> AskAsync(UpstreamServer server, UpstreamQuestion question, CancellationToken cancellationToken)
    {
        try
        {
            byte[] reply = await SendAsync(server, question, edns: true, cancellationToken).ConfigureAwait(false);
            bool edns = !QuestionMessage.RefusesEdns(reply);
            if (!edns) reply = await SendAsync(server, question, edns: false, cancellationToken).ConfigureAwait(false);
            if (server.Transport == UpstreamTransport.Udp && MessageHeader.Read(reply).Has(MessageHeader.Truncated))
                reply = await _streams.AskAsync(server with { Transport = UpstreamTransport.Tcp }, question, edns, cancellationToken).ConfigureAwait(false);
            return reply.Length == 0 ? new UpstreamReply(UpstreamFailure.Malformed) : new UpstreamReply(UpstreamFailure.None, reply);
        }
        catch (OperationCanceledException)
        {
            return new UpstreamReply(UpstreamFailure.TimedOut);
        }
        catch (Exception e) when (e is SocketException or IOException or HttpRequestException or AuthenticationException)
        {
            return new UpstreamReply(UpstreamFailure.NetworkError);
        }
    }

    public void Dispose()
    {
        _streams.Dispose();
        _https.Dispose();
    }

    private ValueTask<byte[]> SendAsync(UpstreamServer server, UpstreamQuestion question, bool edns, CancellationToken cancellationToken) =>
        server.Transport switch
        {
            UpstreamTransport.Udp => _udp.AskAsync(server, question, edns, cancellationToken),
            UpstreamTransport.Https => _https.AskAsync(server, question, edns, cancellationToken),
            _ => _streams.AskAsync(server, question, edns, cancellationToken),
        };
}
