using System.Text;

namespace KubeDoH.Engine.Wire.Zones;

/// <summary>A record or a directive of a zone file, on one line or on several between parentheses.</summary>
/// <param name="Number">Where it begins, 1 for the first line.</param>
/// <param name="HasOwner">It does not begin with a blank, so that its first word is an owner or a directive.</param>
/// <param name="Text">Its words, without comments, parentheses and line breaks.</param>
/// <param name="Error">Why its words cannot be told apart; null when they can.</param>
/// <param name="IsCutOff">The file ended inside: nothing behind its beginning can be trusted.</param>
internal readonly record struct ZoneLine(int Number, bool HasOwner, string Text, string? Error, bool IsCutOff);

/// <summary>
/// Splits a zone file (RFC 1035 5.1) into its records and directives. A semicolon begins a comment, parentheses carry a record over
/// line breaks, quotes and backslashes make both ordinary characters. Lines of blanks are passed over.
/// </summary>
internal sealed class ZoneLines(TextReader text)
{
    /// <summary>Characters of one record, above 65,535 octets of data written as \DDD.</summary>
    public const int MaxLength = 300_000;

    private readonly StringBuilder _words = new();
    private int _line = 1;
    private int _depth;
    private bool _quoted;
    private string? _error;

    public bool TryRead(out ZoneLine line)
    {
        while (text.Peek() >= 0)
        {
            line = ReadOne();
            if (line.Error is not null || !string.IsNullOrWhiteSpace(line.Text)) return true;
        }

        line = default;
        return false;
    }

    private ZoneLine ReadOne()
    {
        int first = _line;
        bool hasOwner = (char)text.Peek() is not (' ' or '\t');
        (_depth, _quoted, _error) = (0, false, null);
        _words.Clear();
        bool ended = false;
        while (!ended && text.Read() is >= 0 and int character) ended = Take((char)character);
        if (_quoted) _error ??= "a quoted string is not closed";
        bool cutOff = !ended && _depth > 0;
        if (cutOff) _error = "a parenthesis is opened here and closed nowhere below";
        return new ZoneLine(first, hasOwner, _words.ToString(), _error, cutOff);
    }

    /// <summary>True at the end of the record.</summary>
    private bool Take(char character)
    {
        switch (character)
        {
            case '\n':
                return EndLine();
            case '\r' when text.Peek() == '\n':
                return false;
            case '\\':
                Append(character);
                if (text.Peek() is >= 0 and not ('\n' or '\r')) Append((char)text.Read());
                return false;
            case '"':
                _quoted = !_quoted;
                break;
            case ';' when !_quoted:
                while (text.Peek() is >= 0 and not '\n') text.Read();
                return false;
            case '(' when !_quoted:
                _depth++;
                character = ' ';
                break;
            case ')' when !_quoted:
                if (--_depth < 0) (_depth, _error) = (0, "a parenthesis is closed that was not opened");
                character = ' ';
                break;
        }

        Append(character);
        return false;
    }

    private bool EndLine()
    {
        _line++;
        if (_quoted) (_quoted, _error) = (false, "a quoted string is not closed on its line");
        if (_depth == 0) return true;
        Append(' ');
        return false;
    }

    private void Append(char character)
    {
        if (character == '\uFFFD') _error ??= "what stands here is not UTF-8";
        if (_words.Length < MaxLength) _words.Append(character);
        else _error ??= $"the record is longer than {MaxLength} characters";
    }
}
