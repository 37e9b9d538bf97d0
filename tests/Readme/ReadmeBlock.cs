namespace KubeDoH.Tests.Readme;

/// <summary>A fenced block of a Markdown page.</summary>
/// <param name="Line">Of its first line inside, from one.</param>
/// <param name="Follows">Nothing but blank lines stands between this block and the one before.</param>
internal sealed record ReadmeBlock(string Language, string Text, int Line, bool Follows)
{
    public static IReadOnlyList<ReadmeBlock> ReadAll(string markdown)
    {
        var blocks = new List<ReadmeBlock>();
        string[] lines = markdown.Split('\n');
        bool follows = false;
        for (int at = 0; at < lines.Length; at++)
        {
            if (!lines[at].StartsWith("```", StringComparison.Ordinal))
            {
                follows &= string.IsNullOrWhiteSpace(lines[at]);
                continue;
            }

            int end = Array.FindIndex(lines, at + 1, line => line.TrimEnd() == "```");
            if (end < 0) throw new FormatException($"the block of line {at + 1} has no end");
            blocks.Add(new ReadmeBlock(lines[at][3..].Trim(), string.Join('\n', lines[(at + 1)..end]), at + 2, follows));
            (at, follows) = (end, true);
        }

        return blocks;
    }
}
