using System.Buffers;
using System.Buffers.Binary;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Listeners;

/// <summary>
/// Replies of a connection that wait to be sent: added by whoever has one, sent by one at a time, all that there are at once.
/// </summary>
#pragma warning disable CA1001 // Answers that come after the end still use it, and a semaphore without a wait handle holds nothing.
internal sealed class StreamOutput(StreamClock clock)
#pragma warning restore CA1001
{
    private const int PrefixSize = 2;

    /// <summary>Octets after which no more questions are read before these are sent.</summary>
    private const int Full = 64 * 1024;

    /// <summary>A buffer that grew larger is not kept while a connection is quiet.</summary>
    private const int Kept = 4 * 1024;

    private readonly SemaphoreSlim _sending = new(1);
    private readonly Lock _lock = new();
    private byte[] _waiting = [], _spare = [];
    private int _length;

    public bool IsFull => Volatile.Read(ref _length) >= Full;

    /// <summary>Adds a reply; returns its octets.</summary>
    public int Add(Answer answer, Query query)
    {
        lock (_lock)
        {
            Span<byte> room = MakeRoom(PrefixSize + answer.MaxSize(query));
            int length = answer.WriteTo(room[PrefixSize..], query);
            Take(room, length);
            return length;
        }
    }

    /// <summary>Adds a reply of a header only.</summary>
    public void AddHeader(ReadOnlySpan<byte> message, Rcode rcode)
    {
        lock (_lock)
        {
            Span<byte> room = MakeRoom(PrefixSize + MessageHeader.Size);
            Take(room, Responder.WriteHeader(room[PrefixSize..], message, rcode));
        }
    }

    /// <summary>Sends what waits, and what comes meanwhile; while another sends, waits for that.</summary>
    public async ValueTask SendAsync(Stream stream)
    {
        await _sending.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            while (TakeWaiting() is { Length: > 0 } replies)
            {
                clock.WaitForReader(waits: true);
                await stream.WriteAsync(replies, CancellationToken.None).ConfigureAwait(false);
                clock.WaitForReader(waits: false);
            }
        }
        finally
        {
            _sending.Release();
        }
    }

    private ReadOnlyMemory<byte> TakeWaiting()
    {
        lock (_lock)
        {
            int length = _length;
            (_waiting, _spare, _length) = (_spare, _waiting, 0);
            if (length == 0 && _spare.Length > Kept) _spare = Drop(_spare);
            if (_waiting.Length > Kept) _waiting = Drop(_waiting);
            return _spare.AsMemory(0, length);
        }
    }

    private static byte[] Drop(byte[] buffer)
    {
        ArrayPool<byte>.Shared.Return(buffer);
        return [];
    }

    private Span<byte> MakeRoom(int size)
    {
        if (_waiting.Length - _length < size)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + size, 2 * _waiting.Length));
            _waiting.AsSpan(0, _length).CopyTo(larger);
            if (_waiting.Length > 0) ArrayPool<byte>.Shared.Return(_waiting);
            _waiting = larger;
        }

        return _waiting.AsSpan(_length);
    }

    private void Take(Span<byte> room, int length)
    {
        BinaryPrimitives.WriteUInt16BigEndian(room, (ushort)length);
        _length += PrefixSize + length;
    }
}
