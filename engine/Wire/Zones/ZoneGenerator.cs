using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace KubeDoH.Engine.Wire.Zones;

/// <summary>
/// BIND's <c>$GENERATE start-stop[/step] owner [ttl] [class] type data</c>: the line once for each number. <c>$</c> is the number;
/// <c>${offset,width,base}</c> the number with the offset added, padded with zeros, in base <c>d o x X</c>, or as reversed nibbles
/// <c>n N</c>, whose width counts their dots; <c>$$</c> is a dollar sign.
/// </summary>
internal sealed class ZoneGenerator
{
    /// <summary>The most lines of one directive.</summary>
    public const int MaxLines = 65_536;

    /// <summary>Characters of what is repeated; as much as BIND has.</summary>
    public const int MaxTemplate = 2048;

    private const int MaxWidth = 255;

    private readonly int _start;
    private readonly int _stop;
    private readonly int _step;
    private readonly string _template;

    private ZoneGenerator(int start, int stop, int step, string template) =>
        (_start, _stop, _step, _template) = (start, stop, step, template);

    /// <param name="text">What stands behind the directive.</param>
    public static bool TryParse(
        ReadOnlySpan<char> text, [NotNullWhen(true)] out ZoneGenerator? generator, [NotNullWhen(false)] out string? error)
    {
        generator = null;
        var words = new TextWords(text);
        words.TryNext(out ReadOnlySpan<char> range);
        if (!TryReadRange(range, out int start, out int stop, out int step))
            return Fail("the range must be two numbers and may have a step: 1-100/2", out error);
        if (((long)stop - start) / step >= MaxLines) return Fail($"the range has more than {MaxLines} numbers", out error);
        if (words.Rest.Length > MaxTemplate) return Fail($"what is repeated is longer than {MaxTemplate} characters", out error);
        var read = new ZoneGenerator(start, stop, step, words.Rest.ToString());
        if (!read.TryWrite(start, out _) || !read.TryWrite(stop, out _))
            return Fail(
                "what stands in braces must be an offset, a width up to 255 and one of d o x X n N, and no number below 0 may come of it",
                out error);
        generator = read;
        error = null;
        return true;
    }

    public IEnumerable<string> Lines()
    {
        for (long number = _start; number <= _stop; number += _step)
            if (TryWrite((int)number, out string line)) yield return line;
    }

    private static bool TryReadRange(ReadOnlySpan<char> text, out int start, out int stop, out int step)
    {
        (start, stop, step) = (0, 0, 1);
        int slash = text.IndexOf('/');
        if (slash >= 0 && !(TryReadNumber(text[(slash + 1)..], out step) && step > 0)) return false;
        if (slash >= 0) text = text[..slash];
        int hyphen = text.IndexOf('-');
        return hyphen > 0 && TryReadNumber(text[..hyphen], out start) && TryReadNumber(text[(hyphen + 1)..], out stop) && start <= stop;
    }

    private bool TryWrite(int number, out string line)
    {
        var text = new StringBuilder(_template.Length + 8);
        line = "";
        for (int i = 0; i < _template.Length; i++)
        {
            char character = _template[i];
            char next = i + 1 < _template.Length ? _template[i + 1] : '\0';
            if (character == '\\' || (character == '$' && next == '$'))
            {
                if (character == '\\') text.Append(character);
                if (++i < _template.Length) text.Append(next);
            }
            else if (character != '$')
            {
                text.Append(character);
            }
            else if (next == '{')
            {
                int close = _template.IndexOf('}', i);
                if (close < 0 || !TryAppend(text, number, _template.AsSpan((i + 2)..close))) return false;
                i = close;
            }
            else
            {
                text.Append(number);
            }
        }

        line = text.ToString();
        return true;
    }

    private static bool TryAppend(StringBuilder text, int number, ReadOnlySpan<char> form)
    {
        Span<Range> parts = stackalloc Range[4];
        int count = form.Split(parts, ',');
        int width = 0;
        ReadOnlySpan<char> numberBase = count > 2 ? form[parts[2]] : "d";
        if (count > 3 || !int.TryParse(form[parts[0]], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int offset))
            return false;
        if (count > 1 && !(TryReadNumber(form[parts[1]], out width) && width <= MaxWidth)) return false;
        if (numberBase is not ("d" or "o" or "x" or "X" or "n" or "N") || (long)number + offset is < 0 or > int.MaxValue) return false;
        int value = number + offset;
        text.Append(numberBase switch
        {
            "o" => Convert.ToString(value, 8).PadLeft(width, '0'),
            "x" => value.ToString("x", CultureInfo.InvariantCulture).PadLeft(width, '0'),
            "X" => value.ToString("X", CultureInfo.InvariantCulture).PadLeft(width, '0'),
            "n" or "N" => Nibbles(value, width, numberBase is "N"),
            _ => value.ToString(CultureInfo.InvariantCulture).PadLeft(width, '0'),
        });
        return true;
    }

    /// <summary>Hexadecimal digits from the last to the first with dots between, as reverse names of IPv6 have them.</summary>
    private static string Nibbles(int value, int width, bool upperCase)
    {
        var text = new StringBuilder();
        do
        {
            if (text.Length > 0) text.Append('.');
            text.Append((value & 15).ToString(upperCase ? "X" : "x", CultureInfo.InvariantCulture));
            value >>= 4;
        }
        while (value != 0 || text.Length + 1 < width);
        return text.ToString();
    }

    private static bool TryReadNumber(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static bool Fail(string why, out string error)
    {
        error = why;
        return false;
    }
}
