using System.Net;
using System.Net.Sockets;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Listeners;

/// <summary>
/// The loop of every other system: a datagram at a time. From which of the machine's addresses a reply leaves is then the system's choice,
/// so that a listener is best bound to one.
/// </summary>
internal sealed class PlainLoop : DatagramLoop
{
    private readonly SocketAddress _sender;

    public PlainLoop(Socket socket, UdpRules rules) : base(socket, rules) => _sender = new SocketAddress(socket.AddressFamily);

    protected override void Run()
    {
        byte[] message = new byte[ushort.MaxValue], reply = new byte[Query.UdpPayloadSize];
        while (!Stopping)
        {
            try
            {
                _sender.Size = _sender.Buffer.Length;
                int received = Socket.ReceiveFrom(message, SocketFlags.None, _sender);
                if (!ClientAddress.TryRead(_sender.Buffer.Span[.._sender.Size], out ClientEndPoint client)) continue;
                int length = Answer(0, message.AsSpan(0, received), wasCut: false, client, reply);
                if (length > 0) Socket.SendTo(reply.AsSpan(0, length), SocketFlags.None, _sender);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // A reply that had no way back, what Windows reports of one (ICMP port unreachable), or the socket is closed meanwhile.
            }
        }
    }

    /// <summary>Sends it an empty datagram: what waits for one ends so on every system.</summary>
    protected override void Wake()
    {
        var own = (IPEndPoint)Socket.LocalEndPoint!;
        IPAddress loopback = own.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback;
        bool anywhere = own.Address.Equals(IPAddress.Any) || own.Address.Equals(IPAddress.IPv6Any);
        using var waker = new Socket(own.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        waker.SendTo([], SocketFlags.None, new IPEndPoint(anywhere ? loopback : own.Address, own.Port));
    }

    protected override object KeepSender(int slot)
    {
        var kept = new SocketAddress(_sender.Family, _sender.Size);
        _sender.Buffer.Span[.._sender.Size].CopyTo(kept.Buffer.Span);
        return kept;
    }

    protected override void Send(object sender, ReadOnlySpan<byte> reply)
    {
        try
        {
            Socket.SendTo(reply, SocketFlags.None, (SocketAddress)sender);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }
}
