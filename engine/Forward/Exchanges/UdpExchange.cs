using System.Collections.Concurrent;
using System.Net;

namespace KubeDoH.Engine.Forward.Exchanges;

/// <summary>
/// Datagrams. A question leaves from a port that only chance chose (<see cref="UdpPorts"/>), so that only what the server's address and
/// port sent to it comes in; with a random id, and the question verified in the case that it was sent in, a forger has to guess
/// them all (RFC 5452 4, 9). What does not match is passed over and waited on.
/// </summary>
/// <param name="further">Goes on where a reply says that it is not to be the last word.</param>
internal sealed class UdpExchange(TimeProvider time, UdpFurther further) : IDisposable
{
    private readonly ConcurrentDictionary<IPEndPoint, UdpPorts> _ports = new();
    private readonly UdpSender _sender = new();

    /// <summary>The reply. A name that came back in another case is not believed: it is asked again in lower case.</summary>
    public ValueTask<UpstreamReply> AskAsync(
        UpstreamServer server, UpstreamQuestion question, bool edns, CancellationToken cancellationToken)
    {
        UdpPorts ports = _ports.GetOrAdd(
            server.EndPoint, static (key, from) => new UdpPorts(key, from._sender, from._time), (_sender, _time: time));
        return new UdpQuestion(ports, server, question, edns, further).AskAsync(cancellationToken);
    }

    public void Dispose()
    {
        foreach (UdpPorts ports in _ports.Values) ports.Dispose();
    }
}

/// <summary>Asks the same otherwise: without EDNS where the reply refuses it, over TCP where it was cut short.</summary>
internal delegate ValueTask<UpstreamReply> UdpFurther(
    UpstreamServer server, UpstreamQuestion question, bool edns, UpstreamReply reply, CancellationToken cancellationToken);
