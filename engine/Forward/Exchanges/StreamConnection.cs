using System.Buffers.Binary;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward.Exchanges;

/// <summary>
/// A connection to one server over which many questions go at once; replies come in any order and are told apart by their ids
/// (RFC 7766 6.2.1.1, 7). What answers no question that was sent ends it. It closes when nobody asks for a while.
/// </summary>
internal sealed class StreamConnection : IDisposable
{
    /// <summary>RFC 7766 6.2.3 wants clients to close early; servers wait longer than this as a rule.</summary>
    public static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Dictionary<ushort, PendingReply> _pending = [];
    private readonly Stream _stream;
    private readonly ITimer _idle;
    private bool _closed;
    private long _received;

    public StreamConnection(Stream stream, TimeProvider time)
    {
        _stream = stream;
        _idle = time.CreateTimer(
            static connection => ((StreamConnection)connection!).CloseIfIdle(), this, IdleTime, Timeout.InfiniteTimeSpan);
        _ = ReadAsync();
    }

    /// <summary>False once it is closed, or seems to be dead: nothing new is asked over it.</summary>
    public bool IsOpen
    {
        get { lock (_lock) return !_closed; }
    }

    /// <summary>
    /// Asks; the reply is empty when what came with its id is none to the question. An <see cref="IOException"/> when the connection
    /// ended before.
    /// </summary>
    public async Task<byte[]> AskAsync(UpstreamQuestion question, bool edns, CancellationToken cancellationToken)
    {
        byte[] framed = new byte[2 + UpstreamQuestion.MaxSize];
        int length = QuestionMessage.Write(framed.AsSpan(2), question, edns, mixedCase: false);
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)length);
        PendingReply pending = Register(framed.AsMemory(2, length), question, edns);
        await using (cancellationToken.UnsafeRegister(static (state, _) => ((PendingReply)state!).Abandon(), pending).ConfigureAwait(false))
        {
            await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                // Half a message would spoil all that follow: it is written whole, whoever leaves.
                await _stream.WriteAsync(framed.AsMemory(0, 2 + length), CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                Close(new IOException("the connection was closed", e), malformed: false);
            }
            finally
            {
                _writing.Release();
            }

            return await pending.Reply.Task.ConfigureAwait(false);
        }
    }

    public void Dispose() => Close(new IOException("the connection was closed"), malformed: false);

    private PendingReply Register(Memory<byte> sent, UpstreamQuestion question, bool edns)
    {
        lock (_lock)
        {
            if (_closed) throw new IOException("the connection was closed");
            Span<byte> id = sent.Span[..2];
            ushort free = BinaryPrimitives.ReadUInt16BigEndian(id);
            while (_pending.ContainsKey(free)) free++;
            BinaryPrimitives.WriteUInt16BigEndian(id, free);
            var pending = new PendingReply(this, free, sent, question, edns, _received);
            _pending.Add(free, pending);
            return pending;
        }
    }

    private async Task ReadAsync()
    {
        byte[] length = new byte[2];
        try
        {
            while (true)
            {
                await _stream.ReadExactlyAsync(length).ConfigureAwait(false);
                byte[] message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await _stream.ReadExactlyAsync(message).ConfigureAwait(false);
                if (TryTake(message) is not { } pending)
                {
                    Close(null, malformed: true);
                    return;
                }

                bool matches = QuestionMessage.Match(message, pending.Sent.Span, pending.Question, pending.Edns) == ReplyMatch.Exact;
                pending.Reply.TrySetResult(matches ? message : []);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Close(new IOException("the connection was closed", e), malformed: false);
        }
    }

    /// <summary>The question that a message is the reply to; null when there is none: the stream is not what it should be.</summary>
    private PendingReply? TryTake(byte[] message)
    {
        lock (_lock)
        {
            _received++;
            if (message.Length < MessageHeader.Size
                || !_pending.Remove(BinaryPrimitives.ReadUInt16BigEndian(message), out PendingReply? pending))
                return null;
            if (_pending.Count == 0) _idle.Change(IdleTime, Timeout.InfiniteTimeSpan);
            return pending;
        }
    }

    private void CloseIfIdle()
    {
        lock (_lock)
        {
            if (_pending.Count > 0) return;
        }

        Dispose();
    }

    private void Close(IOException? error, bool malformed)
    {
        PendingReply[] left;
        lock (_lock)
        {
            if (_closed && _pending.Count == 0) return;
            _closed = true;
            left = [.. _pending.Values];
            _pending.Clear();
        }

        _idle.Dispose();
        _stream.Dispose();
        foreach (PendingReply pending in left)
        {
            if (malformed) pending.Reply.TrySetResult([]);
            else pending.Reply.TrySetException(error!);
        }
    }

    /// <summary>A question whose reply is awaited. Its id is kept back after it was given up, since the reply may still come.</summary>
    private sealed class PendingReply(
        StreamConnection connection, ushort id, ReadOnlyMemory<byte> sent, UpstreamQuestion question, bool edns, long receivedBefore)
    {
        public TaskCompletionSource<byte[]> Reply { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ReadOnlyMemory<byte> Sent => sent;

        public UpstreamQuestion Question => question;

        public bool Edns => edns;

        /// <summary>Gives up; where nothing at all came since the question, the connection is taken for dead.</summary>
        public void Abandon()
        {
            lock (connection._lock)
            {
                if (connection._pending.ContainsKey(id) && connection._received == receivedBefore) connection._closed = true;
            }

            Reply.TrySetCanceled();
        }
    }
}
