using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>Entries in canonical name order (RFC 4034 6.1: label by label from the right), then by type.</summary>
internal sealed class EntryOrder : IComparer<EntryKey>
{
    public static readonly EntryOrder Instance = new();

    public int Compare(EntryKey x, EntryKey y)
    {
        int order = CanonicalNameOrder.Instance.Compare(x.Name, y.Name);
        return order != 0 ? order : x.Type.CompareTo(y.Type);
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
