using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace KubeDoH.Engine.Listeners;

/// <summary>Options of datagram sockets that .NET has no name for: numbers of Linux's headers (socket(7), ip(7), ipv6(7)).</summary>
internal static class LinuxOptions
{
    private const int SocketLevel = 1, ReusePort = 15;
    private const int Ipv4Level = 0, Ipv4PacketInfo = 8, Ipv4PathMtu = 10;
    private const int Ipv6Level = 41, Ipv6ReceivePacketInfo = 49, Ipv6PathMtu = 23;

    /// <summary>
    /// Does not believe that a path has become narrow: whoever says so may want replies in forged fragments
    /// (draft-ietf-dnsop-avoid-fragmentation).
    /// </summary>
    private const int Omit = 5;

    /// <param name="wildcard">The socket is bound to every address: it tells of each datagram which one it came to.</param>
    public static void Set(Socket socket, bool wildcard)
    {
        bool v6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        Set(socket, v6 ? Ipv6Level : Ipv4Level, v6 ? Ipv6PathMtu : Ipv4PathMtu, Omit);
        if (wildcard) Set(socket, v6 ? Ipv6Level : Ipv4Level, v6 ? Ipv6ReceivePacketInfo : Ipv4PacketInfo, 1);
    }

    /// <summary>
    /// Shares its port with sockets of this user that ask for the same. The first of them asks for it when it has the port already: it
    /// would else be given one that another program shares, and take half of that one's datagrams (socket(7), SO_REUSEPORT).
    /// </summary>
    public static void SharePort(Socket socket) => Set(socket, SocketLevel, ReusePort, 1);

    private static void Set(Socket socket, int level, int option, int value) =>
        socket.SetRawSocketOption(level, option, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));
}
