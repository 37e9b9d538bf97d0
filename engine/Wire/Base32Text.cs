namespace KubeDoH.Engine.Wire;

/// <summary>Base32 with the extended hex alphabet and without padding (RFC 4648 7), in upper case as RFC 5155 3.3 has it.</summary>
internal static class Base32Text
{
    public static void Write(ref AsciiWriter text, ReadOnlySpan<byte> octets)
    {
        ReadOnlySpan<byte> digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV"u8;
        int bits = 0, value = 0;
        foreach (byte octet in octets)
        {
            value = (value << 8) | octet;
            for (bits += 8; bits >= 5; bits -= 5) text.Write((char)digits[(value >> (bits - 5)) & 31]);
            value &= 31;
        }

        if (bits > 0) text.Write((char)digits[(value << (5 - bits)) & 31]);
    }

    /// <summary>Reads digits in any case; false when they are none, too many for the room, or leave bits over.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, Span<byte> octets, out int written)
    {
        written = 0;
        int bits = 0, value = 0;
        foreach (char character in text)
        {
            int digit = char.ToUpperInvariant(character) switch
            {
                >= '0' and <= '9' => character - '0',
                >= 'A' and <= 'V' and var letter => letter - 'A' + 10,
                _ => -1,
            };
            if (digit < 0) return false;
            value = (value << 5) | digit;
            bits += 5;
            if (bits < 8) continue;
            if (written == octets.Length) return false;
            bits -= 8;
            octets[written++] = (byte)(value >> bits);
            value &= (1 << bits) - 1;
        }

        return bits < 5 && value == 0 && written > 0;
    }
}
