using System.Net;
using System.Net.Sockets;

namespace KubeDoH.Tests;

/// <summary>
/// Ports of 127.0.0.1 for programs that are told where to listen. They lie below those that the system chooses from for everybody who does
/// not say which, so that nobody is given one before the program has it, and none is given out twice.
/// </summary>
internal static class FreePorts
{
    private const int First = 20_000, Count = 12_000;

    private static int s_next = Random.Shared.Next(Count);

    public static int Take() => Take(1)[0];

    public static int[] Take(int count) => [.. Enumerable.Repeat(0, int.MaxValue).Select(_ => Next()).Where(IsFree).Take(count)];

    private static int Next() => First + (int)((uint)Interlocked.Increment(ref s_next) % Count);

    private static bool IsFree(int port) => CanBind(SocketType.Stream, ProtocolType.Tcp, port)
        && CanBind(SocketType.Dgram, ProtocolType.Udp, port);

    private static bool CanBind(SocketType type, ProtocolType protocol, int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
