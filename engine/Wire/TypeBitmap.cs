namespace KubeDoH.Engine.Wire;

/// <summary>
/// The type bitmap of NSEC and its kin (RFC 4034 4.1.2): windows of 256 types in rising order, each its number, a length of 1 to 32 and
/// that many octets, the last of them not zero; the first bit stands for the
/// lowest type, and type 0 is none.
/// </summary>
internal static class TypeBitmap
{
    private const int MaxOctets = 32;

    public static bool IsSound(ReadOnlySpan<byte> octets)
    {
        for (int last = -1; !octets.IsEmpty;)
        {
            if (octets.Length < 3 || octets[0] <= last || octets[1] is 0 or > MaxOctets) return false;
            int end = 2 + octets[1];
            if (octets.Length < end || octets[end - 1] == 0) return false;
            if (octets[0] == 0 && (octets[2] & 0x80) != 0) return false;
            last = octets[0];
            octets = octets[end..];
        }

        return true;
    }

    /// <summary>Writes the mnemonics of a sound bitmap, with a blank before each.</summary>
    public static void WriteText(ref AsciiWriter text, ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            int window = octets[0] << 8, end = 2 + octets[1];
            for (int bit = 0; bit < octets[1] * 8; bit++)
            {
                if ((octets[2 + (bit / 8)] & (0x80 >> (bit % 8))) == 0) continue;
                text.Write(' ');
                text.WriteType((RecordType)(window | bit));
            }

            octets = octets[end..];
        }
    }

    /// <summary>Appends the bitmap of some types, which come in rising order.</summary>
    public static void Write(ref MessageWriter data, SortedSet<RecordType> types)
    {
        Span<byte> bits = stackalloc byte[MaxOctets];
        foreach (IGrouping<int, RecordType> window in types.GroupBy(type => (int)type >> 8))
        {
            bits.Clear();
            int length = 0;
            foreach (RecordType type in window)
            {
                int bit = (int)type & 0xff;
                bits[bit / 8] |= (byte)(0x80 >> (bit % 8));
                length = (bit / 8) + 1;
            }

            data.WriteByte((byte)window.Key);
            data.WriteByte((byte)length);
            data.WriteBytes(bits[..length]);
        }
    }
}
