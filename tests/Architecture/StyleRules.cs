using System.Text.RegularExpressions;

namespace KubeDoH.Tests.Architecture;

/// <summary>What no source file has: more lines or columns than can be read at once, work left undone, and types named after nothing.</summary>
internal static partial class StyleRules
{
    public const int MostLines = 300;

    /// <summary>Characters of a line, as <c>.editorconfig</c> says. What stands within a raw string is data and keeps its own lines.</summary>
    public const int MostColumns = 140;

    /// <summary>One line for each offence, with its file and line.</summary>
    public static IEnumerable<string> Violations(SourceFile file)
    {
        string[] lines = file.Text.TrimEnd('\n').Split('\n');
        if (lines.Length > MostLines) yield return $"{file.Path}: {lines.Length} lines, {MostLines} at most";
        string[] columns = RawString().Replace(file.Text, WithoutContent).Split('\n');
        for (int at = 0; at < lines.Length; at++)
        {
            if (columns[at].Length > MostColumns) yield return $"{file.Path}({at + 1}): {columns[at].Length} columns, {MostColumns} at most";
            if (Undone().Match(lines[at]) is { Success: true } word) yield return $"{file.Path}({at + 1}): {word.Value.TrimStart()}";
        }

        foreach (string type in file.DeclaredTypes.Where(type => EmptyName().IsMatch(type)))
            yield return $"{file.Path}: the name of {type} says nothing";
    }

    /// <summary>The literal with its line ends alone, so that what stands around it is on the lines that it was on.</summary>
    private static string WithoutContent(Match literal) => new('\n', literal.Value.Count(letter => letter == '\n'));

    /// <summary>From three or more quotation marks to as many (C# language reference, raw string literals).</summary>
    [GeneratedRegex("""(?<=[\s([{$])("{3,})[^"](?:.|\n)*?\1""")]
    private static partial Regex RawString();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|^\s*#region\b")]
    private static partial Regex Undone();

    [GeneratedRegex("(Manager|Helpers?|Utils?|Utility|Utilities)$")]
    private static partial Regex EmptyName();
}
