using System.Buffers;
using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Listeners;

/// <summary>
/// Questions and replies over one TCP or TLS connection, each behind two octets with its length (RFC 1035 4.2.2, RFC 7766, RFC 7858).
/// A reply leaves as soon as it is there, whatever was asked before (RFC 7766 7); those that are known here leave together.
/// </summary>
// Answers that come after the end still give their place back, and a semaphore without a wait handle holds nothing.
#pragma warning disable CA1001
internal sealed class StreamConnection(Socket socket, ClientEndPoint client, Responder responder, StreamClock clock)
#pragma warning restore CA1001
{
    private const int PrefixSize = 2;

    /// <summary>Octets with which reading starts; a longer question gets more.</summary>
    private const int InputSize = 2048;

    private readonly SemaphoreSlim _places = new(clock.Limits.QuestionsPerConnection);
    private readonly StreamOutput _output = new(clock);
    private byte[] _input = [];
    private int _start, _end;

    public ClientEndPoint Client => client;

    /// <summary>When it last did what, for the limits.</summary>
    public StreamClock Clock => clock;

    /// <summary>True while a question waits for its answer.</summary>
    public bool IsBusy => _places.CurrentCount < clock.Limits.QuestionsPerConnection;

    /// <summary>
    /// Serves it to its end: the client's, a limit's, or that of <paramref name="stopping"/>, when what was asked is answered yet.
    /// </summary>
    public async Task RunAsync(Func<SslServerAuthenticationOptions>? tls, CancellationToken stopping)
    {
        try
        {
            await using var plain = new NetworkStream(socket, ownsSocket: true);
            await using SslStream? secure = tls is null ? null : new SslStream(plain);
            if (secure is not null) await secure.AuthenticateAsServerAsync(tls!(), stopping).ConfigureAwait(false);
            clock.Begin();
            await ServeAsync((Stream?)secure ?? plain, stopping).ConfigureAwait(false);
            if (secure is not null) await secure.ShutdownAsync().ConfigureAwait(false);
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (IsOfTheOutside(e))
        {
        }
        finally
        {
            if (_input.Length > 0) ArrayPool<byte>.Shared.Return(_input);
            socket.Dispose();
        }
    }

    /// <summary>Ends it: a client that is only quiet sees the end of the stream, one that holds on to something is cut off.</summary>
    public void End(bool atOnce)
    {
        try
        {
            if (atOnce) socket.Close(0);
            else socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (IsOfTheOutside(e))
        {
        }
    }

    private static bool IsOfTheOutside(Exception e) => e is IOException or SocketException or ObjectDisposedException
        or AuthenticationException or OperationCanceledException;

    private async Task ServeAsync(Stream stream, CancellationToken stopping)
    {
        try
        {
            while (await ReadAsync(stream, stopping).ConfigureAwait(false))
            {
                while (TryFindQuestion(out int length))
                {
                    clock.Hear();
                    int at = _start + PrefixSize;
                    _start = at + length;
                    if (!await AnswerAsync(_input.AsMemory(at, length), stream).ConfigureAwait(false)) return;
                }

                await _output.SendAsync(stream).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }

        for (int i = 0; i < clock.Limits.QuestionsPerConnection; i++) await _places.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        await _output.SendAsync(stream).ConfigureAwait(false);
    }

    /// <summary>Reads what comes behind what is there; false at the end of the stream.</summary>
    private async ValueTask<bool> ReadAsync(Stream stream, CancellationToken stopping)
    {
        MakeRoom();
        clock.WaitForMore(hasPart: _end > 0);
        int read = await stream.ReadAsync(_input.AsMemory(_end), stopping).ConfigureAwait(false);
        _end += read;
        return read > 0;
    }

    private bool TryFindQuestion(out int length)
    {
        length = _end - _start < PrefixSize ? 0 : BinaryPrimitives.ReadUInt16BigEndian(_input.AsSpan(_start));
        return _end - _start >= PrefixSize + length;
    }

    /// <summary>Moves the part of a question that is there to the front, where the whole of it has room.</summary>
    private void MakeRoom()
    {
        int part = _end - _start;
        int wanted = part < PrefixSize
            ? InputSize
            : Math.Max(InputSize, PrefixSize + BinaryPrimitives.ReadUInt16BigEndian(_input.AsSpan(_start)));
        byte[] room = _input.Length >= wanted ? _input : ArrayPool<byte>.Shared.Rent(wanted);
        _input.AsSpan(_start, part).CopyTo(room);
        if (room != _input && _input.Length > 0) ArrayPool<byte>.Shared.Return(_input);
        (_input, _start, _end) = (room, 0, part);
    }

    /// <summary>False for what is no question at all: whoever sends it does not speak DNS.</summary>
    private async ValueTask<bool> AnswerAsync(ReadOnlyMemory<byte> message, Stream stream)
    {
        Query query = Query.Rent();
        switch (Responder.Read(message.Span, query, out Rcode rcode))
        {
            case MessageVerdict.Ignore:
                query.Dispose();
                return false;
            case MessageVerdict.Header:
                query.Dispose();
                _output.AddHeader(message.Span, rcode);
                break;
            default:
                if (!_places.Wait(0, CancellationToken.None))
                {
                    await _output.SendAsync(stream).ConfigureAwait(false);
                    await _places.WaitAsync(CancellationToken.None).ConfigureAwait(false);
                }

                long startedAt = responder.Begin();
                ValueTask<Answer> pending = responder.AskAsync(query, CancellationToken.None);
                if (pending.IsCompletedSuccessfully) Finish(pending.Result, query, startedAt);
                else _ = ReplyLaterAsync(pending, query, stream, startedAt);
                break;
        }

        if (_output.IsFull) await _output.SendAsync(stream).ConfigureAwait(false);
        return true;
    }

    private void Finish(Answer answer, Query query, long startedAt)
    {
        int length = _output.Add(answer, query);
        responder.Answered(query, answer, client, length, startedAt);
        query.Dispose();
        _places.Release();
    }

    private async Task ReplyLaterAsync(ValueTask<Answer> pending, Query query, Stream stream, long startedAt)
    {
        Finish(await pending.ConfigureAwait(false), query, startedAt);
        clock.Hear();
        try
        {
            await _output.SendAsync(stream).ConfigureAwait(false);
        }
        catch (Exception e) when (IsOfTheOutside(e))
        {
            // The reading side sees the same, and ends the connection.
        }
    }
}
