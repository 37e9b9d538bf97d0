using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Fakes;

/// <summary>
/// A DNS server on loopback (127.0.0.1 unless told otherwise), UDP and TCP on one port, that answers from records given as text
/// and misbehaves on demand.
/// It holds the zone of the recorded cluster's upstream unless told to start empty.
/// <code>
/// await using var upstream = FakeUpstream.Start();
/// upstream.Add("www.example.com", 300, "A", "192.0.2.53");
/// upstream.React(FakeFault.WrongId, FakeFault.None);   // the next question: a forged reply, then the true one
/// </code>
/// </summary>
internal sealed class FakeUpstream : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopped = new();
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FakeZones _zones = new();
    private readonly ConcurrentDictionary<(DnsName, RecordType), FakeReply> _scripted = new();
    private readonly ConcurrentQueue<FakeFault[]> _reactions = new();
    private readonly Channel<FakeQuestion> _arrivals = Channel.CreateUnbounded<FakeQuestion>();
    private readonly ConcurrentQueue<FakeQuestion> _seen = new();
    private readonly Socket _udp;
    private readonly Socket _tcp;
    private readonly Task[] _loops;
    private volatile FakeFault[] _always = [FakeFault.None];

    private FakeUpstream(Socket udp, Socket tcp)
    {
        _udp = udp;
        _tcp = tcp;
        EndPoint = (IPEndPoint)udp.LocalEndPoint!;
        _loops = [ReceiveAsync(), AcceptAsync()];
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>As the option <c>Forward:Servers</c> takes it.</summary>
    public string Address => EndPoint.ToString();

    /// <summary>False for long runs: questions are then neither in <see cref="Seen"/> nor waited for.</summary>
    public bool Remembers { get; set; } = true;

    /// <summary>Every question so far, in order.</summary>
    public IReadOnlyList<FakeQuestion> Seen => [.. _seen];

    public static FakeUpstream Start(bool recordedZone = true, IPAddress? address = null)
    {
        (Socket udp, Socket tcp) = BindBoth(address ?? IPAddress.Loopback);
        var upstream = new FakeUpstream(udp, tcp);
        if (recordedZone) upstream.AddRecordedZone();
        return upstream;
    }

    /// <summary>A port of 127.0.0.1 where nobody listens, so that the kernel refuses.</summary>
    public static IPEndPoint Nobody()
    {
        (Socket udp, Socket tcp) = BindBoth(IPAddress.Loopback);
        using (udp)
        using (tcp) return (IPEndPoint)udp.LocalEndPoint!;
    }

    /// <summary>Adds the records of an RRset.</summary>
    public void Add(string owner, uint ttl, string type, params string[] data)
    {
        foreach (string text in data) _zones.Add(FakeRecord.Of(owner, ttl, type, text));
    }

    public void Remove(string owner, RecordType type) => _zones.Remove(DnsName.Parse(owner), type);

    /// <summary>Forgets every record, reply and fault that it was told of.</summary>
    public void Clear()
    {
        _zones.Clear();
        _scripted.Clear();
        _reactions.Clear();
        _always = [FakeFault.None];
    }

    /// <summary>Gives the whole reply for one name and type.</summary>
    public void Script(string name, RecordType type, FakeReply reply) => _scripted[(DnsName.Parse(name), type)] = reply;

    /// <summary>The next question that has no reaction yet gets a reply for each of these, one after the other.</summary>
    public void React(params FakeFault[] faults) => _reactions.Enqueue(faults);

    /// <summary>Every question without a reaction of its own gets these.</summary>
    public void Always(params FakeFault[] faults) => _always = faults;

    /// <summary>Lets the replies go that <see cref="FakeFault.Hold"/> keeps back.</summary>
    public void Release() => _released.TrySetResult();

    /// <summary>The next question that arrives, or has arrived and was not taken yet.</summary>
    public ValueTask<FakeQuestion> NextAsync(CancellationToken cancellationToken) => _arrivals.Reader.ReadAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        _udp.Dispose();
        _tcp.Dispose();
        await Task.WhenAll(_loops);
        _stopped.Dispose();
    }

    private static (Socket Udp, Socket Tcp) BindBoth(IPAddress address)
    {
        while (true)
        {
            var udp = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            var tcp = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            udp.Bind(new IPEndPoint(address, 0));
            try
            {
                tcp.Bind(udp.LocalEndPoint!);
                tcp.Listen();
                return (udp, tcp);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                udp.Dispose();
                tcp.Dispose();
            }
        }
    }

    /// <summary>What the upstream of the recording held.</summary>
    private void AddRecordedZone()
    {
        Add(".", 86400, "SOA", "a.root-servers.net. nstld.verisign-grs.com. 1 1800 900 604800 86400");
        Add("example.com", 300, "SOA", "ns.example.com. admin.example.com. 1 3600 600 86400 300");
        Add("example.com", 300, "MX", "10 mail.example.com.");
        Add("example.com", 300, "TXT", "\"v=spf1 -all\"");
        Add("example.com", 300, "CAA", "0 issue \"ca.example.net\"");
        Add("www.example.com", 300, "A", "192.0.2.53");
        Add("www.example.com", 300, "AAAA", "2001:db8::53");
        Add("alias.example.com", 300, "CNAME", "www.example.com.");
        Add("svc.example.com", 300, "HTTPS", "1 . alpn=h2");
    }

    private async Task ReceiveAsync()
    {
        byte[] buffer = new byte[4096];
        try
        {
            while (true)
            {
                SocketReceiveFromResult received = await _udp.ReceiveFromAsync(buffer, EndPoint, _stopped.Token);
                var client = (IPEndPoint)received.RemoteEndPoint;
                FakeQuestion question = FakeQuestion.Read(buffer.AsSpan(0, received.ReceivedBytes), overTcp: false, client.Port);
                _ = ReplyAsync(question, (message, fault) => SendDatagramAsync(message, fault, client));
            }
        }
        catch (Exception e) when (IsStop(e))
        {
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _tcp.AcceptAsync(_stopped.Token));
        }
        catch (Exception e) when (IsStop(e))
        {
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        using Socket owned = connection;
        try
        {
            await using var stream = new NetworkStream(connection);
            using var writing = new SemaphoreSlim(1, 1);
            int port = ((IPEndPoint)connection.RemoteEndPoint!).Port;
            while (true)
            {
                byte[] length = new byte[2];
                await stream.ReadExactlyAsync(length, _stopped.Token);
                byte[] message = new byte[(length[0] << 8) | length[1]];
                await stream.ReadExactlyAsync(message, _stopped.Token);
                _ = ReplyAsync(
                    FakeQuestion.Read(message, overTcp: true, port), (reply, fault) => SendFramedAsync(stream, writing, reply, fault));
            }
        }
        catch (Exception e) when (IsStop(e) || e is IOException)
        {
        }
    }

    private async Task ReplyAsync(FakeQuestion question, Func<byte[], FakeFault, Task> send)
    {
        if (!_reactions.TryDequeue(out FakeFault[]? faults)) faults = _always;
        if (!_scripted.TryGetValue((question.Name, question.Type), out FakeReply? reply)) reply = _zones.Find(question.Name, question.Type);
        if (Remembers)
        {
            _seen.Enqueue(question);
            await _arrivals.Writer.WriteAsync(question);
        }

        foreach (FakeFault fault in faults)
        {
            if (fault == FakeFault.Drop) continue;
            if (fault == FakeFault.Hold) await _released.Task.WaitAsync(_stopped.Token);
            await send(FakeMisbehaviour.Write(reply, question, fault), fault);
        }
    }

    private async Task SendDatagramAsync(byte[] message, FakeFault fault, IPEndPoint client)
    {
        if (fault is not (FakeFault.WrongPort or FakeFault.WrongAddress))
        {
            await _udp.SendToAsync(message, client);
            return;
        }

        using var other = new Socket(client.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        if (fault == FakeFault.WrongAddress) other.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), EndPoint.Port));
        await other.SendToAsync(message, client);
    }

    /// <summary>A reply is written whole before the next; one that waits for something holds nobody up (RFC 7766 7).</summary>
    private static async Task SendFramedAsync(NetworkStream stream, SemaphoreSlim writing, byte[] message, FakeFault fault)
    {
        // Nobody else can send on a connection.
        if (fault is FakeFault.WrongPort or FakeFault.WrongAddress) return;
        await writing.WaitAsync();
        byte[] framed = [(byte)(message.Length >> 8), (byte)message.Length, .. message];
        int end = fault == FakeFault.CloseMidway ? framed.Length / 2 : framed.Length;
        int step = fault == FakeFault.Split ? 1 : end;
        for (int at = 0; at < end; at += step) await stream.WriteAsync(framed.AsMemory(at, step));
        if (fault == FakeFault.CloseMidway) stream.Close();
        writing.Release();
    }

    private static bool IsStop(Exception e) => e is OperationCanceledException or ObjectDisposedException or SocketException;
}
