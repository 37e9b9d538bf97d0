using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;

namespace KubeDoH.Engine.Forward.Exchanges;

/// <summary>
/// Asks a server over the transport that its address names. What a transport throws becomes a value here. A server that refuses EDNS is
/// asked without, and a datagram that was cut short is followed by a question over TCP.
/// </summary>
internal sealed class TransportExchange : IUpstreamExchange, IDisposable
{
    private readonly UdpExchange _udp;
    private readonly StreamExchange _streams;
    private readonly HttpsExchange _https;

    public TransportExchange(ServerTrust trust, TimeProvider time)
    {
        _udp = new UdpExchange(time, AskFurtherAsync);
        _streams = new StreamExchange(trust, time);
        _https = new HttpsExchange(trust);
    }

    public ValueTask<UpstreamReply> AskAsync(UpstreamServer server, UpstreamQuestion question, CancellationToken cancellationToken) =>
        server.Transport == UpstreamTransport.Udp
            ? _udp.AskAsync(server, question, edns: true, cancellationToken)
            : AskOnConnectionAsync(server, question, cancellationToken);

    private async ValueTask<UpstreamReply> AskOnConnectionAsync(
        UpstreamServer server, UpstreamQuestion question, CancellationToken cancellationToken)
    {
        UpstreamReply reply = await SendAsync(server, question, edns: true, cancellationToken).ConfigureAwait(false);
        return QuestionMessage.RefusesEdns(reply.Message)
            ? await SendAsync(server, question, edns: false, cancellationToken).ConfigureAwait(false)
            : reply;
    }

    /// <summary>What comes behind a datagram that is not the last word.</summary>
    private ValueTask<UpstreamReply> AskFurtherAsync(
        UpstreamServer server, UpstreamQuestion question, bool edns, UpstreamReply reply, CancellationToken cancellationToken) =>
        edns && QuestionMessage.RefusesEdns(reply.Message)
            ? _udp.AskAsync(server, question, edns: false, cancellationToken)
            : SendAsync(server with { Transport = UpstreamTransport.Tcp }, question, edns, cancellationToken);

    private async ValueTask<UpstreamReply> SendAsync(
        UpstreamServer server, UpstreamQuestion question, bool edns, CancellationToken cancellationToken)
    {
        try
        {
            return server.Transport == UpstreamTransport.Https
                ? await _https.AskAsync(server, question, edns, cancellationToken).ConfigureAwait(false)
                : await _streams.AskAsync(server, question, edns, cancellationToken).ConfigureAwait(false);
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
}
