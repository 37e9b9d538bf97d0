namespace KubeDoH.Engine.Wire;

/// <summary>
/// Names in canonical order: label by label from the right, so that a name stands right before all below it (RFC 4034 6.1).
/// </summary>
public sealed class CanonicalNameOrder : IComparer<DnsName>
{
    public static readonly CanonicalNameOrder Instance = new();

    public int Compare(DnsName x, DnsName y) => Compare(x.Span, y.Span);

    /// <summary>The same of lower-case wire names.</summary>
    public static int Compare(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        Span<byte> xStarts = stackalloc byte[WireName.MaxLabels], yStarts = stackalloc byte[WireName.MaxLabels];
        int xCount = ReadStarts(x, xStarts), yCount = ReadStarts(y, yStarts);
        for (int i = 1; i <= Math.Min(xCount, yCount); i++)
        {
            int order = WireName.FirstLabel(x[xStarts[xCount - i]..]).SequenceCompareTo(WireName.FirstLabel(y[yStarts[yCount - i]..]));
            if (order != 0) return order;
        }

        return xCount.CompareTo(yCount);
    }

    private static int ReadStarts(ReadOnlySpan<byte> name, Span<byte> starts)
    {
        int count = 0;
        for (int at = 0; name[at] != 0; at += name[at] + 1) starts[count++] = (byte)at;
        return count;
    }
}
