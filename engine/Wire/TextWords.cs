namespace KubeDoH.Engine.Wire;

/// <summary>
/// Splits the text of one record into words: between blanks, a quoted string whole, <c>key="a b"</c> whole, escapes left as they are.
/// What needs a zone file around it (parentheses, comments, line breaks) is refused.
/// </summary>
internal ref struct TextWords(ReadOnlySpan<char> text)
{
    private ReadOnlySpan<char> _rest = text.Trim(" \t");

    /// <summary>Why no word could be read; null at the end of the text.</summary>
    public string? Error { get; private set; }

    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>What is left, as it stands in the text.</summary>
    public readonly ReadOnlySpan<char> Rest => _rest;

    public bool TryNext(out ReadOnlySpan<char> word)
    {
        int length = AtEnd ? 0 : MeasureWord();
        word = _rest[..length];
        _rest = _rest[length..].TrimStart(" \t");
        return length > 0;
    }

    /// <summary>The length of the word at the start; 0 with an error.</summary>
    private int MeasureWord()
    {
        bool quoted = false;
        for (int i = 0; i < _rest.Length; i++)
        {
            char character = _rest[i];
            if (character < ' ' && character != '\t') return Fail("line breaks and control characters must be written as \\DDD");
            if (character == '\\')
                i++;
            else if (character == '"' && quoted)
                return i + 1;
            else if (character == '"' && (i == 0 || _rest[i - 1] == '='))
                quoted = true;
            else if (!quoted && character is ' ' or '\t')
                return i;
            else if (!quoted && character is '(' or ')' or ';')
                return Fail($"'{character}' must be quoted or escaped: parentheses and comments belong in zone files");
        }

        return quoted ? Fail("a quoted string is not closed") : _rest.Length;
    }

    private int Fail(string why)
    {
        Error = why;
        return 0;
    }
}
