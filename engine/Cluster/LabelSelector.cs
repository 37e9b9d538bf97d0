using System.Diagnostics.CodeAnalysis;

namespace KubeDoH.Engine.Cluster;

/// <summary>
/// A label selector as kubectl's <c>-l</c> has it (Kubernetes: Labels and Selectors): requirements joined by commas, each
/// <c>key</c>, <c>!key</c>, <c>key=value</c>, <c>key==value</c>, <c>key!=value</c>, <c>key in (a,b)</c> or <c>key notin (a,b)</c>.
/// </summary>
public sealed class LabelSelector
{
    private readonly List<Requirement> _requirements;

    private LabelSelector(List<Requirement> requirements) => _requirements = requirements;

    /// <summary>False when it selects everything.</summary>
    public bool HasRequirements => _requirements.Count > 0;

    public bool Selects(IReadOnlyDictionary<string, string> labels) => _requirements.TrueForAll(requirement => requirement.IsMet(labels));

    /// <summary>Reads a selector; null and "" select everything.</summary>
    public static bool TryParse(string? text, out LabelSelector selector, [NotNullWhen(false)] out string? error)
    {
        var requirements = new List<Requirement>();
        selector = new LabelSelector(requirements);
        error = null;
        if (string.IsNullOrWhiteSpace(text)) return true;
        foreach (string part in SplitOutsideParentheses(text))
        {
            if (Requirement.Parse(part.Trim()) is { } requirement)
            {
                requirements.Add(requirement);
                continue;
            }

            error = $"'{part.Trim()}' is no requirement of a label selector "
                + "(key, !key, key=value, key!=value, key in (a,b), key notin (a,b))";
            return false;
        }

        return true;
    }

    private static IEnumerable<string> SplitOutsideParentheses(string text)
    {
        int depth = 0, start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (text[i] != ',' || depth != 0) continue;
            yield return text[start..i];
            start = i + 1;
        }

        yield return text[start..];
    }

    /// <param name="Values">The values it allows or, negated, forbids; null asks for the key alone.</param>
    private sealed record Requirement(string Key, string[]? Values, bool Negated)
    {
        /// <summary>As the API has it, a forbidden value is also met by a missing key.</summary>
        public bool IsMet(IReadOnlyDictionary<string, string> labels)
        {
            bool found = labels.TryGetValue(Key, out string? value) && (Values is null || Values.Contains(value));
            return found != Negated;
        }

        public static Requirement? Parse(string text)
        {
            foreach ((string word, bool negated) in new[] { (" notin ", true), (" in ", false) })
            {
                int at = text.IndexOf(word, StringComparison.Ordinal);
                if (at < 0) continue;
                string list = text[(at + word.Length)..].Trim();
                if (list is not ['(', .., ')']) return null;
                return Checked(text[..at], list[1..^1].Split(',', StringSplitOptions.TrimEntries), negated);
            }

            int not = text.IndexOf("!=", StringComparison.Ordinal);
            if (not > 0) return Checked(text[..not], [text[(not + 2)..].Trim()], true);
            int equal = text.IndexOf('=', StringComparison.Ordinal);
            int behind = text.AsSpan(equal + 1).StartsWith('=') ? equal + 2 : equal + 1;
            if (equal > 0) return Checked(text[..equal], [text[behind..].Trim()], false);
            return text.StartsWith('!') ? Checked(text[1..], null, true) : Checked(text, null, false);
        }

        private static Requirement? Checked(string key, string[]? values, bool negated)
        {
            key = key.Trim();
            bool valid = key.Length > 0 && IsWord(key) && (values is null || Array.TrueForAll(values, IsWord));
            return valid ? new Requirement(key, values, negated) : null;
        }

        private static bool IsWord(string text) =>
            text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/');
    }
}
