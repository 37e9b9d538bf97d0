using System.Numerics;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Listeners;

/// <summary>What becomes of a reply.</summary>
internal enum ReplyVerdict
{
    Send,

    /// <summary>
    /// An empty one with TC: a client that is really there asks again over TCP, a forger's victim gets no more than was sent.
    /// </summary>
    Slip,
    Drop,
}

/// <summary>
/// Counts replies over UDP by the network of the client, second by second: more than so many are kept back, so that forged questions
/// cannot turn this server on somebody. Every second reply that is kept back slips through empty and truncated.
/// The table has a fixed size, and where a network lies in it nobody outside can tell.
/// </summary>
/// <param name="perSecond">Replies a second to a network.</param>
internal sealed class ResponseRates(int perSecond, TimeProvider time, Random random)
{
    /// <summary>Every how many-th reply that is kept back slips through (as BIND's <c>slip</c>).</summary>
    public const int Slip = 2;

    private const int SlotCount = 1 << 16;

    private readonly long[] _slots = new long[SlotCount];
    private readonly ulong _seed = (ulong)random.NextInt64();

    public ReplyVerdict Judge(AddressKey client)
    {
        AddressKey network = ClientAddress.NetworkOf(client);
        ulong hash = Mix(_seed ^ (ulong)network.Bits ^ Mix((ulong)(network.Bits >> 64) + (network.IsV6 ? 1u : 0u)));
        uint now = (uint)(time.GetTimestamp() / time.TimestampFrequency) & 0xffff;
        uint tag = (uint)(hash >> 40);
        ref long slot = ref _slots[(int)(hash & (SlotCount - 1))];
        while (true)
        {
            // A slot is the network's tag (24 bits), the second (16), and how many were counted in it (24).
            long seen = Volatile.Read(ref slot);
            bool same = (uint)((ulong)seen >> 40) == tag && (uint)((seen >> 24) & 0xffff) == now;
            uint count = same ? Math.Min((uint)(seen & 0xffffff) + 1, 0xffffff) : 1;
            long next = (long)(((ulong)tag << 40) | ((ulong)now << 24) | count);
            if (Interlocked.CompareExchange(ref slot, next, seen) != seen) continue;
            if (count <= perSecond) return ReplyVerdict.Send;
            return (count - perSecond) % Slip == 0 ? ReplyVerdict.Slip : ReplyVerdict.Drop;
        }
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 32)) * 0x9e3779b97f4a7c15;
        return BitOperations.RotateLeft(value, 29) * 0xbf58476d1ce4e5b9;
    }
}
