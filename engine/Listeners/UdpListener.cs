using System.Net;
using System.Net.Sockets;

namespace KubeDoH.Engine.Listeners;

/// <summary>
/// DNS over UDP at one address (RFC 1035 4.2.1). On Linux every loop has a socket of its own at the same port, between which the system
/// parts the clients (SO_REUSEPORT of socket(7)).
/// </summary>
internal sealed class UdpListener : IDisposable
{
    private const int MostLoops = 8;

    /// <summary>For what comes while no loop is at its socket; the system may give less.</summary>
    private const int ReceiveBuffer = 1 << 20;

    private readonly UdpRules _rules;
    private readonly DatagramLoop[] _loops;

    private UdpListener(DatagramLoop[] loops, UdpRules rules)
    {
        _rules = rules;
        _loops = loops;
    }

    public IPEndPoint EndPoint => (IPEndPoint)_loops[0].Socket.LocalEndPoint!;

    /// <param name="plain">Does without what only Linux has.</param>
    /// <exception cref="SocketException">The address cannot be had.</exception>
    public static UdpListener Bind(IPEndPoint address, UdpRules rules, bool plain = false)
    {
        plain |= !OperatingSystem.IsLinux();
        bool wildcard = address.Address.Equals(IPAddress.Any) || address.Address.Equals(IPAddress.IPv6Any);
        int count = plain ? 1 : Math.Min(Environment.ProcessorCount, MostLoops);
        var loops = new List<DatagramLoop>(count);
        try
        {
            while (loops.Count < count)
            {
                Socket socket = NewSocket(address, plain, wildcard);
                loops.Add(plain ? new PlainLoop(socket, rules) : new BatchLoop(socket, rules, wildcard));
                bool isFirst = loops.Count == 1;
                if (!plain && !isFirst) LinuxOptions.SharePort(socket);
                socket.Bind(address);
                if (!plain && isFirst) LinuxOptions.SharePort(socket);
                address = (IPEndPoint)socket.LocalEndPoint!;
            }
        }
        catch
        {
            loops.ForEach(loop => loop.Socket.Dispose());
            throw;
        }

        return new UdpListener([.. loops], rules);
    }

    /// <summary>Completed when no loop runs any more.</summary>
    public Task Ended => Task.WhenAll(_loops.Select(loop => loop.Ended));

    public void Start()
    {
        foreach (DatagramLoop loop in _loops) loop.Start();
    }

    /// <summary>Receives no more, and waits for the answers that are on their way.</summary>
    public async Task StopAsync()
    {
        foreach (DatagramLoop loop in _loops) loop.Stop();
        await Ended.ConfigureAwait(false);
        await _rules.DrainAsync().ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (DatagramLoop loop in _loops)
        {
            loop.Stop();
            loop.Socket.Dispose();
        }
    }

    private static Socket NewSocket(IPEndPoint address, bool plain, bool wildcard)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = ReceiveBuffer };
        if (address.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
        if (!plain) LinuxOptions.Set(socket, wildcard);
        return socket;
    }
}
