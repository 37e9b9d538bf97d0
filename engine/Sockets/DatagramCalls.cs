using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace KubeDoH.Engine.Sockets;

/// <summary>
/// Several datagrams with one call of the system (recvmmsg(2), sendmmsg(2)). Linux only. What goes in is pinned, and so is all that it
/// points to.
/// </summary>
internal static class DatagramCalls
{
    /// <summary>Waits for the first datagram only (MSG_WAITFORONE).</summary>
    public const int WaitForOne = 0x10000;

    /// <summary>A datagram was longer than its room (MSG_TRUNC).</summary>
    public const int Truncated = 0x20;

    /// <summary>EINTR and EAGAIN (errno(3)).</summary>
    private const int Interrupted = 4, Again = 11;

    /// <summary>What the last call on this thread failed by: the calls that may just be made once more, and all others.</summary>
    public static SocketError LastError => Marshal.GetLastPInvokeError() switch
    {
        Interrupted => SocketError.Interrupted,
        Again => SocketError.WouldBlock,
        _ => SocketError.SocketError,
    };

    /// <summary>How many came in, or -1 with the error in errno.</summary>
    public static int Receive(int socket, MessageVector[] messages, int count, int flags) =>
        recvmmsg(socket, AddressOf(messages, 0), (uint)count, flags, 0);

    /// <summary>How many left, or -1 with the error of the first in errno.</summary>
    public static int Send(int socket, MessageVector[] messages, int start, int count) =>
        sendmmsg(socket, AddressOf(messages, start), (uint)count, 0);

    public static nint AddressOf<T>(T[] pinned, int index) => Marshal.UnsafeAddrOfPinnedArrayElement(pinned, index);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int recvmmsg(int socket, nint messages, uint count, int flags, nint timeout);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int sendmmsg(int socket, nint messages, uint count, int flags);
}

/// <summary>struct iovec.</summary>
internal struct DataVector
{
    public nint Base;
    public nint Length;
}

/// <summary>struct msghdr (recvmsg(2)).</summary>
internal struct MessageHeaderVector
{
    public nint Name;
    public uint NameLength;
    public nint Data;
    public nint DataCount;
    public nint Control;
    public nint ControlLength;
    public int Flags;
}

/// <summary>struct mmsghdr (recvmmsg(2)).</summary>
internal struct MessageVector
{
    public MessageHeaderVector Header;
    public uint Length;
}
