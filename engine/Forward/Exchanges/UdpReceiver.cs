using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace KubeDoH.Engine.Forward.Exchanges;

/// <summary>
/// The thread that waits for datagrams at every port where a reply is due. It reads what has come to all of them at one go, and lets other
/// threads run before it waits again, so that under load replies gather meanwhile: to wake a thread for each would cost more than all the
/// rest of a reply. What follows on a reply runs elsewhere.
/// </summary>
#pragma warning disable CA1001 // It lives as long as the process.
internal sealed class UdpReceiver
#pragma warning restore CA1001
{
    private const int BatchSize = 32;

    private readonly ConcurrentQueue<UdpPort> _new = new();
    private readonly Dictionary<Socket, UdpPort> _ports = [];
    private readonly List<Socket> _ready = [], _failed = [];
    private readonly Socket _bell = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
    private bool _sleeps;

    private UdpReceiver()
    {
        _bell.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _bell.Connect(_bell.LocalEndPoint!);
        new Thread(Run) { IsBackground = true, Name = "UDP replies" }.Start();
    }

    /// <summary>One for the whole process: it costs a thread, and nothing while no reply is due.</summary>
    public static UdpReceiver Shared { get; } = new();

    /// <summary>Waits at a port until no reply is due there any longer.</summary>
    public void Watch(UdpPort port)
    {
        _new.Enqueue(port);
        Wake();
    }

    /// <summary>Has it look after its ports: some may be over.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _sleeps, false)) _bell.Send([0], SocketFlags.None, out _);
    }

    private void Run()
    {
        var batch = new UdpBatch(BatchSize, UdpPort.DatagramSize);
        while (true)
        {
            Wait();
            foreach (Socket socket in _ready) Receive(socket, batch);
            foreach (Socket socket in _failed) Receive(socket, batch);
            Thread.Yield();
        }
    }

    private void Receive(Socket socket, UdpBatch batch)
    {
        if (_ports.TryGetValue(socket, out UdpPort? port)) port.Receive(batch);
        else batch.Receive(_bell, out _);
    }

    /// <summary>Waits until a datagram or an error has come to a port, or somebody wakes it.</summary>
    private void Wait()
    {
        foreach ((Socket socket, UdpPort port) in _ports)
            if (port.TryLeave()) _ports.Remove(socket);
        Interlocked.Exchange(ref _sleeps, true);
        while (_new.TryDequeue(out UdpPort? port)) _ports.Add(port.Socket, port);
        Refill(_failed);
        Refill(_ready);
        _ready.Add(_bell);
        Socket.Select(_ready, null, _failed, Timeout.Infinite);
        Volatile.Write(ref _sleeps, false);
    }

    private void Refill(List<Socket> sockets)
    {
        sockets.Clear();
        sockets.AddRange(_ports.Keys);
    }
}
