namespace KubeDoH.Tests.Oracle;

/// <summary>
/// Kubernetes label selectors as far as the options have them: <c>k=v</c>, <c>k!=v</c> (true without the label too), <c>k</c>.
/// </summary>
internal static class LabelSelector
{
    public static bool Matches(string selector, IReadOnlyDictionary<string, string> labels) =>
        selector.Split(',', StringSplitOptions.RemoveEmptyEntries).All(term => Holds(term.Trim(), labels));

    private static bool Holds(string term, IReadOnlyDictionary<string, string> labels)
    {
        var unequal = term.Split("!=");
        if (unequal.Length == 2) return !labels.TryGetValue(unequal[0], out var value) || value != unequal[1];
        var equal = term.Split('=');
        return equal.Length == 2 ? labels.TryGetValue(equal[0], out var found) && found == equal[1] : labels.ContainsKey(term);
    }
}
