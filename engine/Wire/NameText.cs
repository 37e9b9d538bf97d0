using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace KubeDoH.Engine.Wire;

/// <summary>
/// Domain names in presentation form (RFC 1035 5.1, RFC 4343 2.1):
/// <c>\.</c> and <c>\\</c> for a literal character, <c>\DDD</c> for any octet. A name with non-ASCII letters is read as IDNA (punycode), in
/// lower case.
/// </summary>
public static class NameText
{
    /// <summary>No name is longer in text: each octet as \DDD.</summary>
    private const int MaxText = 4 * WireName.MaxLength;

    private static readonly IdnMapping Idna = new() { AllowUnassigned = true };

    /// <summary>
    /// Reads a name; case is kept. The trailing dot is optional, "." is the root; an empty text, an empty label,
    /// a label over 63 and a name over 255 octets are refused with a sentence in <paramref name="error"/>.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<char> text, Span<byte> wire, out int length, [NotNullWhen(false)] out string? error)
    {
        length = 0;
        if (text.IsEmpty) return Fail("the name is empty", out error);
        if (text is ".")
        {
            wire[0] = 0;
            length = 1;
            error = null;
            return true;
        }

        if (!Ascii.IsValid(text) && !TryToAscii(ref text, out error)) return false;

        int labelStart = 0, at = 1;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '.')
            {
                if (at == labelStart + 1) return Fail("the name has an empty label", out error);
                wire[labelStart] = (byte)(at - labelStart - 1);
                labelStart = at++;
                if (labelStart >= WireName.MaxLength) return Fail("the name is longer than 255 octets", out error);
                continue;
            }

            if (!TryReadOctet(text, ref i, out byte octet, out error)) return false;
            if (at - labelStart > WireName.MaxLabel) return Fail("a label is longer than 63 octets", out error);
            if (at >= WireName.MaxLength - 1) return Fail("the name is longer than 255 octets", out error);
            wire[at++] = octet;
        }

        bool dotEnded = at == labelStart + 1;
        if (!dotEnded)
        {
            wire[labelStart] = (byte)(at - labelStart - 1);
            labelStart = at;
        }

        wire[labelStart] = 0;
        length = labelStart + 1;
        error = null;
        return true;
    }

    /// <summary>Presentation text with the trailing dot; "." for the root.</summary>
    public static string Write(ReadOnlySpan<byte> name)
    {
        Span<byte> text = stackalloc byte[MaxText];
        TryWrite(name, text, out int written);
        return Encoding.ASCII.GetString(text[..written]);
    }

    /// <summary>Writes the same as ASCII; false when <paramref name="utf8"/> is too small.</summary>
    public static bool TryWrite(ReadOnlySpan<byte> name, Span<byte> utf8, out int written)
    {
        var text = new AsciiWriter(utf8);
        if (name.Length <= 1) text.Write('.');
        for (; name.Length > 1; name = WireName.Parent(name))
        {
            foreach (byte octet in WireName.FirstLabel(name)) WriteOctet(ref text, octet);
            text.Write('.');
        }

        written = text.Overflowed ? 0 : text.Length;
        return !text.Overflowed;
    }

    private static void WriteOctet(ref AsciiWriter text, byte octet)
    {
        if (octet is <= 0x20 or >= 0x7f)
        {
            text.WriteEscaped(octet);
            return;
        }

        if (octet is (byte)'.' or (byte)'\\' or (byte)'"' or (byte)'(' or (byte)')' or (byte)';' or (byte)'@' or (byte)'$')
            text.Write('\\');
        text.Write((char)octet);
    }

    /// <summary>Reads the octet at <paramref name="i"/>, an escape included; <paramref name="i"/> ends on its last character.</summary>
    internal static bool TryReadOctet(ReadOnlySpan<char> text, ref int i, out byte octet, [NotNullWhen(false)] out string? error)
    {
        octet = (byte)text[i];
        error = null;
        if (text[i] != '\\')
            return text[i] > ' ' && text[i] < 0x7f || Fail("a space or control character must be written as \\DDD", out error);
        if (++i >= text.Length) return Fail("the text ends in a backslash", out error);
        if (!char.IsAsciiDigit(text[i]))
        {
            octet = (byte)text[i];
            return text[i] is >= ' ' and < (char)0x7f
                || Fail("a backslash must stand before a printable ASCII character or three digits", out error);
        }

        bool valid = i + 2 < text.Length && byte.TryParse(text.Slice(i, 3), NumberStyles.None, CultureInfo.InvariantCulture, out octet);
        i += 2;
        return valid || Fail("an escape must be \\DDD with DDD from 000 to 255", out error);
    }

    private static bool TryToAscii(ref ReadOnlySpan<char> text, [NotNullWhen(false)] out string? error)
    {
        error = null;
        if (text.Contains('\\')) return Fail("a name with non-ASCII letters cannot hold escapes", out error);
        // Without culture data nothing composes them: the name would silently be another one.
        if (text.ContainsAnyInRange('\u0300', '\u036f'))
            return Fail("an accent must be part of its letter, not a combining character", out error);
        try
        {
            text = Idna.GetAscii(text.ToString().ToLowerInvariant());
            return true;
        }
        catch (ArgumentException)
        {
            return Fail("the name is not a valid internationalized name (IDNA)", out error);
        }
    }

    private static bool Fail(string why, out string error)
    {
        error = why;
        return false;
    }
}
