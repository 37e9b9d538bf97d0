namespace KubeDoH.Engine.Entries;

/// <summary>The rules of <see cref="EntryRules"/> for what an entry has beside its records: scope, comment, labels, expiry.</summary>
internal static class EntryPropertyRules
{
    public const int MaxNamespaces = 100;
    public const int MaxComment = 1024;
    public const int MaxLabels = 64;
    public const int MaxLabelKey = 128;
    public const int MaxLabelValue = 256;

    public static void Check(EntryDraft draft, DateTimeOffset now, List<EntryViolation> found)
    {
        CheckNamespaces(draft.Namespaces ?? [], found);
        CheckComment(draft.Comment ?? "", found);
        CheckLabels(draft.Labels ?? new Dictionary<string, string?>(), found);
        if (!EntryRules.IsSource(draft.Source)) found.Add(EntryRules.Invalid("/source", EntryRules.SourceRule));
        if (draft.ExpiresAt <= now) found.Add(EntryRules.Invalid("/expiresAt", "the expiry must lie in the future"));
    }

    private static void CheckNamespaces(IReadOnlyList<string?> namespaces, List<EntryViolation> found)
    {
        if (namespaces.Count > MaxNamespaces)
            found.Add(EntryRules.Invalid("/namespaces", $"an entry names at most {MaxNamespaces} namespaces"));
        for (int i = 0; i < Math.Min(namespaces.Count, MaxNamespaces); i++)
            if (!EntryRules.IsNamespace(namespaces[i]))
                found.Add(EntryRules.Invalid($"/namespaces/{i}",
                    "a namespace is 1 to 63 lower-case letters, digits and hyphens, with no hyphen at its ends (RFC 1123 2.1)"));
    }

    private static void CheckComment(string comment, List<EntryViolation> found)
    {
        if (comment.Length > MaxComment) found.Add(EntryRules.Invalid("/comment", $"a comment has at most {MaxComment} characters"));
        if (comment.Any(char.IsControl)) found.Add(EntryRules.Invalid("/comment", "a comment is one line without control characters"));
    }

    private static void CheckLabels(IReadOnlyDictionary<string, string?> labels, List<EntryViolation> found)
    {
        if (labels.Count > MaxLabels) found.Add(EntryRules.Invalid("/labels", $"an entry has at most {MaxLabels} labels"));
        foreach ((string key, string? value) in labels.Take(MaxLabels))
        {
            string pointer = $"/labels/{key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
            bool isKey = key.Length is > 0 and <= MaxLabelKey
                && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/');
            if (!isKey)
                found.Add(EntryRules.Invalid(pointer, $"a label's key is 1 to {MaxLabelKey} letters, digits and . _ - /"));
            if (value is null || value.Length > MaxLabelValue || value.Any(char.IsControl))
                found.Add(EntryRules.Invalid(pointer, $"a label's value has at most {MaxLabelValue} characters and no control characters"));
        }
    }
}
