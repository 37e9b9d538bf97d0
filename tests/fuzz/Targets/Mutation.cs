namespace KubeDoH.Tests.Fuzz;

/// <summary>Spoils an input: single octets, numbers that stand at limits, pieces left out, doubled, or taken from another input.</summary>
internal sealed class Mutation(Random random)
{
    /// <summary>Octets at limits of the wire format and of text: pointers, label types, 63 and 64, signs, separators.</summary>
    private static readonly byte[] Telling =
        [
            0, 1, 0x3f, 0x40, 0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xff, 12, 29, 41, (byte)'\\', (byte)'.', (byte)'"', (byte)'%', (byte)'\n',
            (byte)' ', (byte)'9',
        ];

    public byte[] Spoil(ReadOnlySpan<byte> input, ReadOnlySpan<byte> other)
    {
        List<byte> spoilt = [.. input];
        for (int steps = random.Next(1, 6); steps > 0; steps--) Step(spoilt, other);
        return [.. spoilt];
    }

    private void Step(List<byte> spoilt, ReadOnlySpan<byte> other)
    {
        int at = random.Next(spoilt.Count + 1), length = random.Next(1, 1 + Math.Min(32, 1 + spoilt.Count - at));
        bool inside = at < spoilt.Count;
        switch (random.Next(9))
        {
            case 0 or 1 when inside:
                spoilt[at] = (byte)random.Next(256);
                break;
            case 2 or 3 when inside:
                spoilt[at] = Telling[random.Next(Telling.Length)];
                break;
            case 4 when inside:
                spoilt[at] ^= (byte)(1 << random.Next(8));
                break;
            case 5 when inside:
                spoilt.RemoveRange(at, Math.Min(length, spoilt.Count - at));
                break;
            case 6 when inside:
                spoilt.InsertRange(at, spoilt.GetRange(at, Math.Min(length, spoilt.Count - at)));
                break;
            case 7 when random.Next(4) == 0:
                spoilt.RemoveRange(at, spoilt.Count - at);
                break;
            default:
                if (other.IsEmpty) break;
                int from = random.Next(other.Length);
                spoilt.InsertRange(at, other[from..Math.Min(other.Length, from + length)].ToArray());
                break;
        }
    }
}
