namespace KubeDoH.Engine.Diagnosis;

/// <summary>
/// How many edits make one label of another: an octet put in, left out, changed, or changed with its neighbour (optimal string
/// alignment, a Damerau-Levenshtein distance in which nothing is edited twice).
/// </summary>
internal static class EditDistance
{
    private const int MaxLabel = 63;

    /// <summary>The distance, or some number beyond <paramref name="most"/> when it is larger.</summary>
    public static int Between(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, int most)
    {
        int same = a.CommonPrefixLength(b);
        a = a[same..];
        b = b[same..];
        while (a.Length > 0 && b.Length > 0 && a[^1] == b[^1])
        {
            a = a[..^1];
            b = b[..^1];
        }

        if (a.Length == 0 || b.Length == 0) return a.Length + b.Length;
        if (Math.Abs(a.Length - b.Length) > most || most == 0) return most + 1;

        Span<int> rows = stackalloc int[3 * (MaxLabel + 1)];
        Span<int> twoBefore = rows[..(b.Length + 1)], before = rows.Slice(MaxLabel + 1, b.Length + 1), row = rows.Slice(2 * (MaxLabel + 1), b.Length + 1);
        for (int j = 0; j <= b.Length; j++) before[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            int least = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int edits = Math.Min(Math.Min(row[j - 1], before[j]) + 1, before[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) edits = Math.Min(edits, twoBefore[j - 2] + 1);
                row[j] = edits;
                least = Math.Min(least, edits);
            }

            if (least > most) return most + 1;
            Span<int> spare = twoBefore;
            twoBefore = before;
            before = row;
            row = spare;
        }

        return before[b.Length];
    }
}
