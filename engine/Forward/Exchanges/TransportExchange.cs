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
    private readonly UdpExchange _udp = new(time);
    private readonly StreamExchange _streams = new(trust, time);
    private readonly HttpsExchange _https = new(trust);

    public async ValueTask<UpstreamReply> AskAsync(UpstreamServer server, UpstreamQuestion question, CancellationToken cancellationToken)
    {
        try
        {
            UpstreamReply reply = await SendAsync(server, question, edns: true, cancellationToken).ConfigureAwait(false);
            bool edns = !QuestionMessage.RefusesEdns(reply.Message);
            if (!edns) reply = await SendAsync(server, question, edns: false, cancellationToken).ConfigureAwait(false);
            bool cut = server.Transport == UpstreamTransport.Udp && reply.Failure == UpstreamFailure.None
                && MessageHeader.Read(reply.Message).Has(MessageHeader.Truncated);
            return cut
                ? await _streams.AskAsync(server with { Transport = UpstreamTransport.Tcp }, question, edns, cancellationToken).ConfigureAwait(false)
                : reply;
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
        _udp.Dispose();
        _streams.Dispose();
        _https.Dispose();
    }

    private ValueTask<UpstreamReply> SendAsync(UpstreamServer server, UpstreamQuestion question, bool edns, CancellationToken cancellationToken) =>
        server.Transport switch
        {
            UpstreamTransport.Udp => _udp.AskAsync(server.EndPoint, question, edns, cancellationToken),
            UpstreamTransport.Https => _https.AskAsync(server, question, edns, cancellationToken),
            _ => _streams.AskAsync(server, question, edns, cancellationToken),
        };
}
