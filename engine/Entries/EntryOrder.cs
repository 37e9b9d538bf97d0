using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>Entries in canonical name order (RFC 4034 6.1: label by label from the right), then by type.</summary>
internal sealed class EntryOrder : IComparer<EntryKey>
{
    public static readonly EntryOrder Instance = new();

    /// <summary>A name of 255 octets has at most 127 labels.</summary>
    private const int MaxLabels = 128;

    public int Compare(EntryKey x, EntryKey y)
    {
        int order = CompareNames(x.Name.Span, y.Name.Span);
        return order != 0 ? order : x.Type.CompareTo(y.Type);
    }

    private static int CompareNames(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        Span<byte> xStarts = stackalloc byte[MaxLabels], yStarts = stackalloc byte[MaxLabels];
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

/// <summary>RDATA in canonical order, as unsigned octets from the left (RFC 4034 6.3).</summary>
internal sealed class RecordDataOrder : IComparer<byte[]>
{
    public static readonly RecordDataOrder Instance = new();

    public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
}

/// <summary>Moments as entries keep them.</summary>
internal static class EntryTime
{
    /// <summary>UTC, to the millisecond, so that a moment is the same before and after it was stored.</summary>
    public static DateTimeOffset Canonical(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
}
