using System.Net.Sockets;
using KubeDoH.Engine.Sockets;

namespace KubeDoH.Engine.Forward.Exchanges;

/// <summary>
/// Room for datagrams of one connected socket, which come in or leave with one call of the system; where it has none for several, with one
/// each. Not for several threads at once.
/// </summary>
internal sealed class UdpBatch
{
    private readonly int _size;
    private readonly MessageVector[] _messages;
    private readonly DataVector[] _data;
    private readonly byte[] _room;
    private int _added;

    /// <param name="capacity">Datagrams.</param>
    /// <param name="size">Octets of the longest; what comes in longer is cut.</param>
    public UdpBatch(int capacity, int size)
    {
        (Capacity, _size) = (capacity, size);
        _room = GC.AllocateUninitializedArray<byte>(capacity * size, pinned: true);
        _data = GC.AllocateArray<DataVector>(capacity, pinned: true);
        _messages = GC.AllocateArray<MessageVector>(capacity, pinned: true);
        for (int i = 0; i < capacity; i++)
        {
            _data[i] = new DataVector { Base = DatagramCalls.AddressOf(_room, i * size), Length = size };
            _messages[i].Header = new MessageHeaderVector { Data = DatagramCalls.AddressOf(_data, i), DataCount = 1 };
        }
    }

    public int Capacity { get; }

    /// <summary>Octets that came in.</summary>
    public ReadOnlySpan<byte> this[int index] => _room.AsSpan(index * _size, (int)_messages[index].Length);

    /// <summary>Takes what has come to a socket that does not block.</summary>
    /// <param name="error">What is wrong with the socket; it would block where nothing is there.</param>
    /// <returns>How many; fewer than there is room for when no more is there.</returns>
    public int Receive(Socket socket, out SocketError error)
    {
        if (OperatingSystem.IsLinux()) return Math.Max(Call(socket, receives: true, 0, Capacity, out error), 0);
        int count = 0;
        error = SocketError.Success;
        while (count < Capacity)
        {
            int length = socket.Receive(_room.AsSpan(count * _size, _size), SocketFlags.None, out error);
            if (error != SocketError.Success) return count;
            _messages[count++].Length = (uint)length;
        }

        return count;
    }

    /// <summary>Adds one that is to leave; there is room for it.</summary>
    public void Add(ReadOnlySpan<byte> datagram)
    {
        datagram.CopyTo(_room.AsSpan(_added * _size, _size));
        _data[_added++].Length = datagram.Length;
    }

    /// <summary>Sends those that were added, and forgets them.</summary>
    /// <returns>What is wrong with the socket; it would block where the last of them have no room in its queue, and are lost.</returns>
    public SocketError Send(Socket socket)
    {
        int count = _added;
        _added = 0;
        for (int sent = 0; sent < count;)
        {
            SocketError error;
            if (OperatingSystem.IsLinux()) sent += Math.Max(Call(socket, receives: false, sent, count - sent, out error), 0);
            else socket.Send(_room.AsSpan(sent * _size, (int)_data[sent++].Length), SocketFlags.None, out error);
            if (error is not (SocketError.Success or SocketError.Interrupted)) return error;
        }

        return SocketError.Success;
    }

    /// <summary>Holds the socket open meanwhile: its number would else soon be another's.</summary>
    private int Call(Socket socket, bool receives, int start, int count, out SocketError error)
    {
        SafeSocketHandle handle = socket.SafeHandle;
        bool held = false;
        try
        {
            handle.DangerousAddRef(ref held);
            int number = (int)handle.DangerousGetHandle();
            int done = receives ? DatagramCalls.Receive(number, _messages, count, 0) : DatagramCalls.Send(number, _messages, start, count);
            error = done >= 0 ? SocketError.Success : DatagramCalls.LastError;
            return done;
        }
        finally
        {
            if (held) handle.DangerousRelease();
        }
    }
}
