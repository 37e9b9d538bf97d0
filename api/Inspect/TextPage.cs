using System.Text;

namespace KubeDoH.Api.Inspect;

/// <summary>
/// Lines for a terminal of 80 columns: what is longer goes on under its own column. A word that is wider than the page, as a name or a
/// command to be pasted may be, is never cut.
/// </summary>
internal sealed class TextPage
{
    private const int Width = 80;

    private readonly StringBuilder _text = new();

    /// <summary>A line, or several, of which the first begins with <paramref name="head"/>.</summary>
    /// <param name="head">Columns in front; what goes on stands below the first character behind it.</param>
    public TextPage Line(string head, string text = "")
    {
        var line = new StringBuilder(Clean(head));
        int start = line.Length;
        foreach (string word in Clean(text).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            bool isFirst = line.Length == start;
            if (!isFirst && line.Length + 1 + word.Length > Width)
            {
                End(line);
                line.Clear().Append(' ', start);
                isFirst = true;
            }

            if (!isFirst) line.Append(' ');
            line.Append(word);
        }

        End(line);
        return this;
    }

    /// <summary>A line that stays one, to be pasted.</summary>
    public TextPage Whole(string head, string text)
    {
        End(new StringBuilder(Clean(head)).Append(Clean(text)));
        return this;
    }

    public override string ToString() => _text.ToString();

    private void End(StringBuilder line) => _text.Append(line.ToString().TrimEnd()).Append('\n');

    /// <summary>What a terminal would obey is not printed: texts of upstream servers come through here too.</summary>
    private static string Clean(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) : text;
}
