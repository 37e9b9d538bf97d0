using System.Buffers.Binary;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution;

/// <summary>
/// Puts the addresses of a written reply into another order, so that clients that take the first spread over all. Only data within one
/// RRset changes places: every alias stays before what it leads to.
/// </summary>
/// <param name="shuffle">Any order; else the order that there was, begun anywhere.</param>
internal sealed class AddressArrangement(bool shuffle, Random random)
{
    /// <summary>Octets of a record between two TTLs of an RRset beside its address: a pointer as owner, type, class, TTL, length.</summary>
    private const int Between = 12;

    /// <param name="message">The reply up to its last record.</param>
    /// <param name="at">Where its records start.</param>
    public void Arrange(Span<byte> message, int at, int answerCount)
    {
        var reader = new MessageReader(message, at);
        int size = 0, count = 0, first = 0, owner = 0;
        for (int i = 0; i < answerCount && reader.TryReadRecord(out WireRecord record) == WireError.None; i++)
        {
            int addressSize = record.Type switch { RecordType.A => 4, RecordType.AAAA => 16, _ => 0 };
            bool continues = count > 0 && addressSize == size && IsOwnedBy(message, record.NameOffset, owner);
            if (!continues)
            {
                Rearrange(message, first, count, size);
                (size, count, first, owner) = (addressSize, 0, record.DataOffset - 6, record.NameOffset);
            }

            if (size > 0 && record.DataLength == size) count++;
        }

        Rearrange(message, first, count, size);
    }

    /// <summary>The owner at <paramref name="offset"/> is a pointer to the first one's name, or the same pointer as that.</summary>
    private static bool IsOwnedBy(ReadOnlySpan<byte> message, int offset, int first)
    {
        ushort pointer = BinaryPrimitives.ReadUInt16BigEndian(message[offset..]);
        return pointer >= 0xc000 && (pointer == (0xc000 | first) || pointer == BinaryPrimitives.ReadUInt16BigEndian(message[first..]));
    }

    private void Rearrange(Span<byte> message, int first, int count, int addressSize)
    {
        if (count < 2) return;
        Span<byte> set = message[first..];
        if (shuffle)
        {
            for (int i = count - 1; i > 0; i--) Swap(set, addressSize, i, random.Next(i + 1));
            return;
        }

        int start = random.Next(count);
        Reverse(set, addressSize, 0, start);
        Reverse(set, addressSize, start, count);
        Reverse(set, addressSize, 0, count);
    }

    private static void Reverse(Span<byte> set, int addressSize, int from, int to)
    {
        for (int last = to - 1; from < last; from++, last--) Swap(set, addressSize, from, last);
    }

    /// <summary>Swaps TTL, length and address of two records.</summary>
    private static void Swap(Span<byte> set, int addressSize, int one, int other)
    {
        int size = 6 + addressSize, stride = Between + addressSize;
        Span<byte> kept = stackalloc byte[6 + 16];
        Span<byte> left = set.Slice(one * stride, size), right = set.Slice(other * stride, size);
        left.CopyTo(kept);
        right.CopyTo(left);
        kept[..size].CopyTo(right);
    }
}
