namespace KubeDoH.Tests.Replay;

/// <summary>A line of a script: its words, and where it stands.</summary>
internal sealed record ScriptLine(string File, int Number, string Text)
{
    public string[] Words { get; } = Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    public ScriptError Error(string message) => new($"{File}:{Number}: {message}: {Text}");

    /// <summary>The word at <paramref name="index"/>; an error says what is missing.</summary>
    public string Word(int index, string what) => index < Words.Length ? Words[index] : throw Error($"{what} is missing");
}

/// <summary>A line at the margin, and the indented lines below it.</summary>
internal sealed record ScriptBlock(ScriptLine Head, IReadOnlyList<ScriptLine> Body);

/// <summary>A script that cannot be read, or one that expects something else than what came.</summary>
internal sealed class ScriptError(string message) : Exception(message);

/// <summary>
/// A rule of the service's DNS behaviour as text: what is given, what is asked, what must come. The grammar is in
/// <c>tests/Scripts/README.md</c>.
/// </summary>
internal sealed record Script(string File, IReadOnlyList<ScriptBlock> Blocks)
{
    /// <summary>
    /// Parts the text into blocks; a <c>#</c> at the start of a line, or behind a blank outside quotes, starts a comment.
    /// </summary>
    public static Script Read(string file, string text)
    {
        var blocks = new List<(ScriptLine Head, List<ScriptLine> Body)>();
        string[] lines = text.Split('\n');
        if (!lines[0].StartsWith("# ", StringComparison.Ordinal))
            throw new ScriptError($"{file}:1: the first line must say the rule, behind '# '");
        for (int i = 0; i < lines.Length; i++)
        {
            string content = WithoutComment(lines[i]).TrimEnd();
            if (content.Length == 0) continue;
            var line = new ScriptLine(file, i + 1, content.Trim());
            if (!char.IsWhiteSpace(content[0])) blocks.Add((line, []));
            else if (blocks.Count == 0) throw line.Error("an indented line needs a line at the margin above it");
            else blocks[^1].Body.Add(line);
        }

        return new Script(file, [.. blocks.Select(block => new ScriptBlock(block.Head, block.Body))]);
    }

    private static string WithoutComment(string line)
    {
        bool quoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] == '"') quoted = !quoted;
            bool starts = i == 0 || char.IsWhiteSpace(line[i - 1]);
            if (line[i] == '#' && starts && !quoted) return line[..i];
        }

        return line;
    }
}
