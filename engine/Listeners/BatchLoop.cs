using System.Net.Sockets;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Sockets;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Listeners;

/// <summary>The loop where Linux takes and sends several datagrams with one call; replies leave from the address that was asked.</summary>
internal sealed class BatchLoop(Socket socket, UdpRules rules, bool wildcard) : DatagramLoop(socket, rules)
{
    private const int Capacity = 32;

    [ThreadStatic]
    private static DatagramBatch? s_single;

    private readonly DatagramBatch _batch = new(Capacity, Query.UdpPayloadSize, wildcard);

    /// <summary>Holds the socket open meanwhile: who closes it waits, and its number is nobody else's before.</summary>
    protected override void Run()
    {
        SafeSocketHandle handle = Socket.SafeHandle;
        bool held = false;
        try
        {
            handle.DangerousAddRef(ref held);
            Run((int)handle.DangerousGetHandle());
        }
        catch (ObjectDisposedException)
        {
            // Closed before the thread had begun.
        }
        finally
        {
            if (held) handle.DangerousRelease();
        }
    }

    private void Run(int socket)
    {
        while (true)
        {
            int count = _batch.Receive(socket);
            if (count < 0 && Stopping) return;
            if (count < 0 && DatagramCalls.LastError != SocketError.Interrupted) Thread.Sleep(1); // Out of memory, say: it may pass.
            for (int slot = 0; slot < count; slot++)
            {
                bool isLast = Stopping && _batch.Name(slot).IsEmpty; // What a socket that was shut down has at its end.
                if (isLast) count = -1;
                if (!ClientAddress.TryRead(_batch.Name(slot), out ClientEndPoint client)) continue;

                int length = Answer(slot, _batch.Question(slot), _batch.WasCut(slot), client, _batch.Reply(slot));
                if (length > 0) _batch.Add(slot, length);
            }

            _batch.Send(socket);
            if (count < 0 && Stopping) return;
        }
    }

    /// <summary>
    /// Linux wakes who waits at a socket that is shut down for receiving, though it reports that a datagram socket is not connected.
    /// </summary>
    protected override void Wake()
    {
        try
        {
            Socket.Shutdown(SocketShutdown.Receive);
        }
        catch (SocketException)
        {
        }
    }

    protected override object KeepSender(int slot) => new Sender(_batch.Name(slot).ToArray(), _batch.Control(slot).ToArray());

    protected override void Send(object sender, ReadOnlySpan<byte> reply)
    {
        DatagramBatch single = s_single ??= new DatagramBatch(1, Query.UdpPayloadSize, wantsControl: false);
        var to = (Sender)sender;
        bool held = false;
        SafeSocketHandle handle = Socket.SafeHandle;
        if (handle.IsClosed) return;
        try
        {
            handle.DangerousAddRef(ref held);
            single.Put(0, to.Name, to.Control);
            reply.CopyTo(single.Reply(0));
            single.Add(0, reply.Length);
            single.Send((int)handle.DangerousGetHandle());
        }
        catch (ObjectDisposedException)
        {
        }
        finally
        {
            if (held) handle.DangerousRelease();
        }
    }

    private sealed record Sender(byte[] Name, byte[] Control);
}
