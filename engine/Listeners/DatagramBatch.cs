using System.Buffers.Binary;
using System.Net.Sockets;
using KubeDoH.Engine.Sockets;
using static KubeDoH.Engine.Sockets.DatagramCalls;

namespace KubeDoH.Engine.Listeners;

/// <summary>
/// Room for some datagrams that come in with one call of the system and whose replies go out with another (recvmmsg(2), sendmmsg(2)).
/// It is pinned, so that the system's own structures can point into it, and nothing is allocated for a datagram. Linux only.
/// </summary>
internal sealed class DatagramBatch
{
    /// <summary>Octets of the longest question that is read; what is longer comes in cut off.</summary>
    public const int QuestionSize = 4096;

    /// <summary>Octets of sockaddr_in6, the longer of both families' addresses (ip(7), ipv6(7)).</summary>
    public const int NameSize = 28;

    /// <summary>Octets of one control message with a packet's own address (cmsg(3), in6_pktinfo of ipv6(7)).</summary>
    public const int ControlSize = 40;

    private readonly int _replySize;
    private readonly bool _wantsControl;
    private readonly MessageVector[] _received, _sent;
    private readonly DataVector[] _questions, _replies;
    private readonly byte[] _names, _controls, _questionRoom, _replyRoom;
    private int _replyCount;

    /// <param name="capacity">Datagrams.</param>
    /// <param name="replySize">Octets of the longest reply.</param>
    /// <param name="wantsControl">
    /// The socket tells with each datagram which address it came to, and the reply is to leave from there.
    /// </param>
    public DatagramBatch(int capacity, int replySize, bool wantsControl)
    {
        Capacity = capacity;
        _replySize = replySize;
        _wantsControl = wantsControl;
        _names = GC.AllocateArray<byte>(capacity * NameSize, pinned: true);
        _controls = GC.AllocateArray<byte>(capacity * ControlSize, pinned: true);
        _questionRoom = GC.AllocateArray<byte>(capacity * QuestionSize, pinned: true);
        _replyRoom = GC.AllocateArray<byte>(capacity * replySize, pinned: true);
        _questions = GC.AllocateArray<DataVector>(capacity, pinned: true);
        _replies = GC.AllocateArray<DataVector>(capacity, pinned: true);
        _received = GC.AllocateArray<MessageVector>(capacity, pinned: true);
        _sent = GC.AllocateArray<MessageVector>(capacity, pinned: true);
        for (int i = 0; i < capacity; i++)
            _questions[i] = new DataVector { Base = AddressOf(_questionRoom, i * QuestionSize), Length = QuestionSize };
    }

    public int Capacity { get; }

    /// <summary>Waits for a datagram and takes those that are there; returns how many, or -1 with the error in errno.</summary>
    public int Receive(int socket)
    {
        _replyCount = 0;
        for (int i = 0; i < Capacity; i++)
        {
            _received[i].Header = HeaderOf(i, AddressOf(_questions, i), _wantsControl ? ControlSize : 0);
            _received[i].Header.NameLength = NameSize;
            _received[i].Length = 0;
        }

        return DatagramCalls.Receive(socket, _received, Capacity, WaitForOne);
    }

    public ReadOnlySpan<byte> Question(int slot) => _questionRoom.AsSpan(slot * QuestionSize, (int)_received[slot].Length);

    /// <summary>The datagram was longer than there is room for.</summary>
    public bool WasCut(int slot) => (_received[slot].Header.Flags & Truncated) != 0;

    /// <summary>The sender's address as the system has it (sockaddr); empty when there is none.</summary>
    public ReadOnlySpan<byte> Name(int slot) => _names.AsSpan(slot * NameSize, (int)_received[slot].Header.NameLength);

    /// <summary>What the system said about the packet.</summary>
    public ReadOnlySpan<byte> Control(int slot) => _controls.AsSpan(slot * ControlSize, (int)_received[slot].Header.ControlLength);

    /// <summary>Room for the reply to a datagram.</summary>
    public Span<byte> Reply(int slot) => _replyRoom.AsSpan(slot * _replySize, _replySize);

    /// <summary>Takes the first octets of <see cref="Reply"/> for the reply, which leaves with the others.</summary>
    public void Add(int slot, int length)
    {
        int at = _replyCount++;
        int controlLength = (int)_received[slot].Header.ControlLength;
        ForgetInterface(_controls.AsSpan(slot * ControlSize, controlLength));
        _replies[at] = new DataVector { Base = AddressOf(_replyRoom, slot * _replySize), Length = length };
        _sent[at].Header = HeaderOf(slot, AddressOf(_replies, at), controlLength);
        _sent[at].Header.NameLength = _received[slot].Header.NameLength;
    }

    /// <summary>
    /// Puts an address and a packet that were kept into a slot, as if it had just been received; the first slot begins anew.
    /// </summary>
    public void Put(int slot, ReadOnlySpan<byte> name, ReadOnlySpan<byte> control)
    {
        if (slot == 0) _replyCount = 0;
        name.CopyTo(_names.AsSpan(slot * NameSize));
        control.CopyTo(_controls.AsSpan(slot * ControlSize));
        _received[slot].Header.NameLength = (uint)name.Length;
        _received[slot].Header.ControlLength = control.Length;
    }

    /// <summary>Sends every reply; one that the system refuses (no way back, a firewall) is given up, as a lost packet would be.</summary>
    public void Send(int socket)
    {
        for (int at = 0; at < _replyCount;)
        {
            int sent = DatagramCalls.Send(socket, _sent, at, _replyCount - at);
            at += Math.Max(sent, 1);
        }
    }

    private MessageHeaderVector HeaderOf(int slot, nint data, int controlLength) => new()
    {
        Name = AddressOf(_names, slot * NameSize),
        Data = data,
        DataCount = 1,
        Control = controlLength > 0 ? AddressOf(_controls, slot * ControlSize) : 0,
        ControlLength = controlLength,
        Flags = 0,
    };

    /// <summary>
    /// The address stays, the interface goes: the way back need not be the way that the packet came. Its index stands first in in_pktinfo
    /// and last in in6_pktinfo, behind the header of the control message.
    /// </summary>
    private static void ForgetInterface(Span<byte> control)
    {
        int header = IntPtr.Size + 8;
        if (control.Length < header + 12) return;
        int family = BinaryPrimitives.ReadInt32LittleEndian(control[IntPtr.Size..]);
        control.Slice(family == (int)SocketOptionLevel.IP ? header : header + 16, 4).Clear();
    }
}
