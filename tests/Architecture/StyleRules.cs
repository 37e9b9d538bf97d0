using System.Text.RegularExpressions;

namespace KubeDoH.Tests.Architecture;

/// <summary>What no source file has: more lines than can be read at once, work left undone, and types named after nothing.</summary>
internal static partial class StyleRules
{
    public const int MostLines = 300;

    /// <summary>One line for each offence, with its file and line.</summary>
    public static IEnumerable<string> Violations(SourceFile file)
    {
        string[] lines = file.Text.TrimEnd('\n').Split('\n');
        if (lines.Length > MostLines) yield return $"{file.Path}: {lines.Length} lines, {MostLines} at most";
        for (int at = 0; at < lines.Length; at++)
        {
            if (Undone().Match(lines[at]) is { Success: true } word) yield return $"{file.Path}({at + 1}): {word.Value.TrimStart()}";
        }

        foreach (string type in file.DeclaredTypes.Where(type => EmptyName().IsMatch(type)))
            yield return $"{file.Path}: the name of {type} says nothing";
    }

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|^\s*#region\b")]
    private static partial Regex Undone();

    [GeneratedRegex("(Manager|Helpers?|Utils?|Utility|Utilities)$")]
    private static partial Regex EmptyName();
}
