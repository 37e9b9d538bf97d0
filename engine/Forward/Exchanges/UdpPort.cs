using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

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
    private const int DatagramSize = 4096;

    private readonly Lock _lock = new();
    private readonly Socket _socket;
    private readonly ITimer _age;
    private readonly ushort[] _ids = new ushort[MostQuestions];
    private readonly UdpQuestion?[] _waiting = new UdpQuestion?[MostQuestions];
    private int _sent, _left;
    private bool _retired;

    private UdpPort(Socket socket, TimeProvider time)
    {
        _socket = socket;
        _age = time.CreateTimer(static port => ((UdpPort)port!).Retire(), this, OpenTime, Timeout.InfiniteTimeSpan);
        _ = ReceiveAsync();
    }

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

    /// <summary>Sends a question, and tells it what goes wrong; false when it must leave from another port.</summary>
    public bool TrySend(UdpQuestion question)
    {
        lock (_lock)
        {
            if (_retired || _ids.AsSpan(0, _sent).Contains(question.Id)) return false;
            question.LeavesFrom(this, _sent);
            _ids[_sent] = question.Id;
            _waiting[_sent] = question;
            _left++;
            _retired = ++_sent == MostQuestions;
        }

        try
        {
            // A datagram that finds no room in the queue is lost, as it may be anywhere on its way.
            _socket.Send(question.Sent, SocketFlags.None, out SocketError error);
            if (error is not (SocketError.Success or SocketError.WouldBlock)) End();
        }
        catch (ObjectDisposedException)
        {
            End();
        }

        return true;
    }

    /// <summary>Takes a question off; false when it has ended.</summary>
    public bool TryRemove(UdpQuestion question, int place)
    {
        lock (_lock)
        {
            if (_waiting[place] != question) return false;
            _waiting[place] = null;
            _left--;
        }

        CloseIfOver();
        return true;
    }

    public void Dispose() => End();

    private void Retire()
    {
        lock (_lock) _retired = true;
        CloseIfOver();
    }

    private async Task ReceiveAsync()
    {
        byte[] room = ArrayPool<byte>.Shared.Rent(DatagramSize);
        try
        {
            while (!CloseIfOver())
            {
                int length = await _socket.ReceiveAsync(room.AsMemory(0, DatagramSize), SocketFlags.None).ConfigureAwait(false);
                Take(room.AsSpan(0, length));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            End();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    private void Take(ReadOnlySpan<byte> datagram)
    {
        UdpQuestion? question = null;
        ReplyMatch match = ReplyMatch.None;
        lock (_lock)
        {
            int place = datagram.Length < sizeof(ushort) ? -1 : _ids.AsSpan(0, _sent).IndexOf(BinaryPrimitives.ReadUInt16BigEndian(datagram));
            if (place >= 0) question = _waiting[place];
            if (question is not null) match = question.Match(datagram);
            if (match != ReplyMatch.Exact) _retired = true;
            if (match == ReplyMatch.None) return;
            _waiting[place] = null;
            _left--;
        }

        question!.Answer(datagram, match);
    }

    /// <summary>Closes a retired port that no reply is awaited at.</summary>
    private bool CloseIfOver()
    {
        lock (_lock)
            if (!_retired || _left > 0) return false;
        _age.Dispose();
        _socket.Dispose();
        return true;
    }

    /// <summary>Closes it: a network error for every question whose reply is still awaited.</summary>
    private void End()
    {
        UdpQuestion[] left;
        lock (_lock)
        {
            _retired = true;
            left = [.. _waiting.OfType<UdpQuestion>()];
            Array.Clear(_waiting);
            _left = 0;
        }

        CloseIfOver();
        foreach (UdpQuestion question in left) question.Fail(UpstreamFailure.NetworkError);
    }
}
