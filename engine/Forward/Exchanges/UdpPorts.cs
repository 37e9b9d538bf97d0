using System.Net;

namespace KubeDoH.Engine.Forward.Exchanges;

/// <summary>
/// The ports that questions to one server leave from. Opening one takes longer than all the rest of a question, so that under load a few
/// questions share one. A forger gains nothing by it: each port is the kernel's random choice among all, each question's is chance among
/// several that are open at once (RFC 5452 9.2), and with the id and the case of the name he has as much to guess as if each question had
/// its own (RFC 5452 4). What he might find out about a port is soon worth nothing: it takes <see cref="UdpPort.MostQuestions"/> within
/// <see cref="UdpPort.OpenTime"/> at most, too short to find one of 28,000 by trying, and none after the first datagram that is no reply
/// to what was sent. Where questions come singly, each has a port of its own.
/// </summary>
internal sealed class UdpPorts(IPEndPoint server, UdpSender sender, TimeProvider time) : IDisposable
{
    /// <summary>Open at once; a power of two.</summary>
    private const int Count = 8;

    private readonly UdpPort?[] _ports = new UdpPort?[Count];

    public NameCase NameCase { get; } = new();

    public UdpSender Sender => sender;

    /// <summary>Sends a question from one of the ports, or from a fresh one in its place; false when none can be opened.</summary>
    public bool TrySend(UdpQuestion question)
    {
        ref UdpPort? port = ref _ports[Chance.Octet() % Count];
        while (Volatile.Read(ref port)?.TryTake(question) != true)
        {
            if (UdpPort.Open(server, time) is not { } fresh) return false;
            Volatile.Write(ref port, fresh);
        }

        sender.Send(question);
        return true;
    }

    public void Dispose()
    {
        foreach (UdpPort? port in _ports) port?.Dispose();
    }
}
