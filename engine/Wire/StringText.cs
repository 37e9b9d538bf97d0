using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace KubeDoH.Engine.Wire;

/// <summary>
/// Character-strings in presentation form (RFC 1035 5.1): quoted or not, <c>\"</c> and <c>\\</c> for a literal character,
/// <c>\DDD</c> for any octet. Non-ASCII characters are read as UTF-8.
/// </summary>
internal static class StringText
{
    /// <summary>Reads the octets of one <paramref name="word"/>.</summary>
    public static bool TryRead(ReadOnlySpan<char> word, out ReadOnlySpan<byte> octets, [NotNullWhen(false)] out string? error)
    {
        octets = default;
        if (word.Length > 1 && word[0] == '"') word = word[1..^1];
        var buffer = new byte[Encoding.UTF8.GetMaxByteCount(word.Length)];
        int length = 0;
        for (int i = 0; i < word.Length; i++)
        {
            if (word[i] == '\\')
            {
                if (!NameText.TryReadOctet(word, ref i, out buffer[length++], out error)) return false;
                continue;
            }

            if (word[i] == '"') return Fail("a quote inside a word must be written as \\\"", out error);
            if (Rune.DecodeFromUtf16(word[i..], out Rune rune, out int consumed) != System.Buffers.OperationStatus.Done)
                return Fail("the text is not valid Unicode", out error);
            length += rune.EncodeToUtf8(buffer.AsSpan(length));
            i += consumed - 1;
        }

        octets = buffer.AsSpan(0, length);
        error = null;
        return true;
    }

    /// <summary>Writes <paramref name="octets"/> quoted.</summary>
    public static void Write(ref AsciiWriter text, ReadOnlySpan<byte> octets)
    {
        text.Write('"');
        foreach (byte octet in octets) WriteOctet(ref text, octet);
        text.Write('"');
    }

    /// <summary>Writes one octet as it stands inside quotes.</summary>
    public static void WriteOctet(ref AsciiWriter text, byte octet)
    {
        if (octet is < 0x20 or > 0x7e)
        {
            text.WriteEscaped(octet);
            return;
        }

        if (octet is (byte)'"' or (byte)'\\') text.Write('\\');
        text.Write((char)octet);
    }

    private static bool Fail(string why, out string error)
    {
        error = why;
        return false;
    }
}
