using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Numerics;

namespace KubeDoH.Engine.Forward.Exchanges;

/// <summary>
/// A socket to one server at a port of chance, for a few questions. Replies are told apart by their ids and verified whole. It closes with
/// the last reply after it has been retired: by its age, by the number of its questions, or by a datagram that answers none of them.
/// </summary>
internal sealed class UdpPort : IDisposable
{
    /// <summary>So many questions leave from a port, ever, and for so long new ones do.</summary>
    public const int MostQuestions = 64;

    public static readonly TimeSpan OpenTime = TimeSpan.FromMilliseconds(100);

    /// <summary>Some servers send more than we advertise; what is longer than this is cut, and malformed then.</summary>
    public const int DatagramSize = 4096;

    private readonly Lock _lock = new();
    private readonly ITimer _age;
    private readonly ushort[] _ids = new ushort[MostQuestions];
    private readonly UdpQuestion?[] _waiting = new UdpQuestion?[MostQuestions];
    private int _sent, _due;
    private ulong _unsent;
    private bool _retired, _watched;

    private UdpPort(Socket socket, TimeProvider time)
    {
        Socket = socket;
        _age = time.CreateTimer(static port => ((UdpPort)port!).Retire(), this, OpenTime, Timeout.InfiniteTimeSpan);
    }

    public Socket Socket { get; }

    /// <summary>Opens a port; null when the system has none, or no way to the server.</summary>
    public static UdpPort? Open(IPEndPoint server, TimeProvider time)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
            socket.Connect(server);
            return new UdpPort(socket, time);
        }
        catch (SocketException)
        {
            socket?.Dispose();
            return null;
        }
    }

    /// <summary>Has a question leave from here; false when it must leave from another port.</summary>
    public bool TryTake(UdpQuestion question)
    {
        bool isFirst;
        lock (_lock)
        {
            if (_retired || _ids.AsSpan(0, _sent).Contains(question.Id)) return false;
            question.LeavesFrom(this, _sent);
            _ids[_sent] = question.Id;
            _waiting[_sent] = question;
            _retired = ++_sent == MostQuestions;
            _due++;
            isFirst = !_watched;
            _watched = true;
        }

        if (isFirst) UdpReceiver.Shared.Watch(this);
        return true;
    }

    /// <summary>Sends a question that leaves from here, and tells it what goes wrong; none that was given up meanwhile.</summary>
    public void Send(UdpQuestion question, int place)
    {
        lock (_lock)
            if (_waiting[place] != question) return;
        try
        {
            // A datagram that finds no room in the queue is lost, as it may be anywhere on its way.
            Socket.Send(question.Sent, SocketFlags.None, out SocketError error);
            if (error is not (SocketError.Success or SocketError.WouldBlock)) Fail();
        }
        catch (ObjectDisposedException)
        {
            // It was given up just now, and was the last one here.
        }
    }

    /// <summary>Has a question leave with the next <see cref="SendUnsent"/>; true for the first that waits for it.</summary>
    public bool SendLater(int place)
    {
        lock (_lock)
        {
            bool isFirst = _unsent == 0;
            _unsent |= 1UL << place;
            return isFirst;
        }
    }

    /// <summary>Sends what was to leave later, but for what was given up meanwhile.</summary>
    /// <param name="batch">Empty, with room for all that ever leaves from a port.</param>
    public void SendUnsent(UdpBatch batch)
    {
        lock (_lock)
        {
            for (; _unsent != 0; _unsent &= _unsent - 1)
                if (_waiting[BitOperations.TrailingZeroCount(_unsent)] is { } question) batch.Add(question.Sent);
        }

        try
        {
            if (batch.Send(Socket) is not (SocketError.Success or SocketError.WouldBlock)) Fail();
        }
        catch (ObjectDisposedException)
        {
            // All were given up just now.
        }
    }

    /// <summary>Takes a question off; false when it has ended.</summary>
    public bool TryRemove(UdpQuestion question, int place)
    {
        lock (_lock)
        {
            if (_waiting[place] != question) return false;
            _waiting[place] = null;
            _due--;
        }

        CloseIfOver();
        return true;
    }

    /// <summary>Reads all that has come. On the receiver's thread.</summary>
    /// <param name="batch">With room for datagrams.</param>
    public void Receive(UdpBatch batch)
    {
        int count;
        do
        {
            count = batch.Receive(Socket, out SocketError error);
            for (int i = 0; i < count; i++) Take(batch[i]);
            if (error is not (SocketError.Success or SocketError.WouldBlock or SocketError.Interrupted)) Fail();
        }
        while (count == batch.Capacity);
    }

    /// <summary>True when no reply is due, so that nobody need wait here. On the receiver's thread.</summary>
    public bool TryLeave()
    {
        lock (_lock)
        {
            if (_due > 0) return false;
            _watched = false;
        }

        CloseIfOver();
        return true;
    }

    public void Dispose() => Fail();

    private void Take(ReadOnlySpan<byte> datagram)
    {
        UdpQuestion? question = null;
        ReplyMatch match = ReplyMatch.None;
        lock (_lock)
        {
            int place = datagram.Length < sizeof(ushort)
                ? -1
                : _ids.AsSpan(0, _sent).IndexOf(BinaryPrimitives.ReadUInt16BigEndian(datagram));
            if (place >= 0) question = _waiting[place];
            if (question is not null) match = question.Match(datagram);
            if (match != ReplyMatch.Exact) _retired = true;
            if (match == ReplyMatch.None) return;
            _waiting[place] = null;
            _due--;
        }

        question!.Answer(datagram, match);
    }

    private void Retire()
    {
        lock (_lock) _retired = true;
        CloseIfOver();
    }

    /// <summary>Closes a retired port where no reply is due; the receiver lets it go before.</summary>
    private void CloseIfOver()
    {
        lock (_lock)
        {
            if (!_retired || _due > 0) return;
            if (!_watched)
            {
                _age.Dispose();
                Socket.Dispose();
                return;
            }
        }

        UdpReceiver.Shared.Wake();
    }

    /// <summary>Retires it: a network error for every question whose reply is due.</summary>
    private void Fail()
    {
        UdpQuestion[] due;
        lock (_lock)
        {
            _retired = true;
            due = [.. _waiting.OfType<UdpQuestion>()];
            Array.Clear(_waiting);
            _due = 0;
        }

        CloseIfOver();
        foreach (UdpQuestion question in due) question.Fail(UpstreamFailure.NetworkError);
    }
}
