using System.Collections.Concurrent;
using System.Net;

namespace KubeDoH.Engine.Forward.Exchanges;

/// <summary>
/// Datagrams. A question leaves from a port that only chance chose (<see cref="UdpPorts"/>), so that only what the server's address and
/// port sent to it comes in; with a random id, and the question verified in the case that it was sent in, a forger has to guess
/// them all (RFC 5452 4, 9). What does not match is passed over and waited on.
/// </summary>
internal sealed class UdpExchange(TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<IPEndPoint, UdpPorts> _ports = new();

    /// <summary>The reply. A name that came back in another case is not believed: it is asked again in lower case.</summary>
    public async ValueTask<UpstreamReply> AskAsync(IPEndPoint server, UpstreamQuestion question, bool edns, CancellationToken cancellationToken)
    {
        UdpPorts ports = _ports.GetOrAdd(server, static (key, time) => new UdpPorts(key, time), time);
        bool mixed = ports.NameCase.IsKept;
        while (true)
        {
            var sent = new UdpQuestion(question, edns, mixed);
            if (!ports.TrySend(sent)) return new UpstreamReply(UpstreamFailure.NetworkError);
            CancellationTokenRegistration end = cancellationToken.UnsafeRegister(static sent => ((UdpQuestion)sent!).GiveUp(), sent);
            UdpReply reply = await sent.Reply.ConfigureAwait(false);
            end.Unregister();
            if (reply.Match != ReplyMatch.OtherCase)
            {
                if (mixed && reply.Match == ReplyMatch.Exact) ports.NameCase.Kept();
                return reply.Reply;
            }

            ports.NameCase.Changed();
            mixed = false;
        }
    }

    public void Dispose()
    {
        foreach (UdpPorts ports in _ports.Values) ports.Dispose();
    }
}
