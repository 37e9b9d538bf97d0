using System.Buffers;
using System.Net.Sockets;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Listeners;

/// <summary>
/// A thread that receives datagrams, answers what is known here as it goes, and hands what has to be waited for to the thread pool.
/// </summary>
internal abstract class DatagramLoop
{
    private static readonly Answer Refused =
        LocalAnswers.Failure("listener", Rcode.Refused, ExtendedErrorCode.Prohibited, "not for this network");

    private static readonly Answer Nothing = AnswerBuilder.Portable().Finish("listener", local: false);

    private static readonly CancellationToken NoRoom = new(canceled: true);

    private readonly UdpRules _rules;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Query? _query;
    private volatile bool _stopping;

    protected DatagramLoop(Socket socket, UdpRules rules)
    {
        Socket = socket;
        _rules = rules;
    }

    /// <summary>Completed when the loop has answered the last datagram that it took.</summary>
    public Task Ended => _ended.Task;

    public Socket Socket { get; }

    protected bool Stopping => _stopping;

    public void Start() => new Thread(RunToTheEnd) { IsBackground = true, Name = "DNS over UDP" }.Start();

    /// <summary>Takes what has come already, then ends.</summary>
    public void Stop()
    {
        if (_stopping) return;
        _stopping = true;
        Wake();
    }

    /// <summary>Receives and answers until it is told to stop.</summary>
    protected abstract void Run();

    /// <summary>Ends a receive that waits.</summary>
    protected abstract void Wake();

    /// <summary>Who sent the datagram of a slot, for a reply that comes later.</summary>
    protected abstract object KeepSender(int slot);

    /// <summary>Sends a reply from any thread; one that cannot be sent is lost, as datagrams may be.</summary>
    protected abstract void Send(object sender, ReadOnlySpan<byte> reply);

    /// <summary>Answers a datagram into <paramref name="reply"/>: its octets, or 0 where there is no reply, or none yet.</summary>
    /// <param name="wasCut">The datagram was longer than what there is of it.</param>
    protected int Answer(int slot, ReadOnlySpan<byte> message, bool wasCut, ClientEndPoint client, Span<byte> reply)
    {
        Query query = _query ??= Query.Rent();
        MessageVerdict verdict = Responder.Read(message, query, out Rcode rcode);
        if (verdict == MessageVerdict.Ignore) return 0;
        bool allowed = _rules.Networks.Contains(client.Address);
        if (wasCut) (verdict, rcode) = (MessageVerdict.Header, Rcode.FormErr);
        ReplyVerdict rate = _rules.Rates?.Judge(client.Address) ?? ReplyVerdict.Send;
        if (rate == ReplyVerdict.Drop || (verdict == MessageVerdict.Header && !(allowed && rate == ReplyVerdict.Send))) return 0;
        if (verdict == MessageVerdict.Header) return Responder.WriteHeader(reply, message, rcode);
        if (rate == ReplyVerdict.Slip) return Nothing.WriteEmpty(reply, query);
        long startedAt = _rules.Responder.Begin();
        if (!allowed) return Write(Refused, query, reply, client, startedAt);

        CancellationToken room = _rules.HasRoom ? CancellationToken.None : NoRoom;
        ValueTask<Answer> pending = _rules.Responder.AskAsync(query, room);
        if (pending.IsCompletedSuccessfully) return Write(pending.Result, query, reply, client, startedAt);
        _query = null;
        _ = ReplyLaterAsync(pending, query, KeepSender(slot), client, startedAt);
        return 0;
    }

    /// <summary>No more than the client takes, and no more than goes anywhere in one piece: an address can be forged.</summary>
    private int Write(Answer answer, Query query, Span<byte> reply, ClientEndPoint client, long startedAt)
    {
        int length = answer.WriteWithin(reply[..Math.Min(query.UdpSize, Query.UdpPayloadSize)], query);
        _rules.Responder.Answered(query, answer, client, length, startedAt);
        return length;
    }

    private async Task ReplyLaterAsync(ValueTask<Answer> pending, Query query, object sender, ClientEndPoint client, long startedAt)
    {
        _rules.Enter();
        byte[] reply = ArrayPool<byte>.Shared.Rent(Query.UdpPayloadSize);
        try
        {
            Answer answer = await pending.ConfigureAwait(false);
            Send(sender, reply.AsSpan(0, Write(answer, query, reply, client, startedAt)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(reply);
            query.Dispose();
            _rules.Leave();
        }
    }

    private void RunToTheEnd()
    {
        Run();
        _ended.SetResult();
    }
}
