using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Diagnosis;

/// <summary>A name to compare many others with: how many edits, label by label, make another of it.</summary>
internal sealed class NamePattern
{
    /// <summary>Names that are further away are not alike.</summary>
    public const int MostEdits = 2;

    /// <summary>In a label of so few octets two edits make any other.</summary>
    private const int ShortLabel = 4;

    private readonly EditPattern[] _labels;
    private readonly int _length;

    public NamePattern(DnsName name)
    {
        _length = name.Span.Length;
        _labels = new EditPattern[WireName.LabelCount(name.Span)];
        ReadOnlySpan<byte> left = name.Span;
        for (int i = 0; i < _labels.Length; i++, left = WireName.Parent(left)) _labels[i] = new EditPattern(WireName.FirstLabel(left));
    }

    /// <summary>The edits to a name of as many labels; more than <see cref="MostEdits"/> for every other name.</summary>
    public int DistanceTo(DnsName name)
    {
        ReadOnlySpan<byte> left = name.Span;
        if (Math.Abs(left.Length - _length) > MostEdits) return MostEdits + 1;
        int sum = 0;
        foreach (EditPattern label in _labels)
        {
            if (left[0] == 0) return MostEdits + 1;
            ReadOnlySpan<byte> other = WireName.FirstLabel(left);
            int allowed = Math.Min(MostEdits - sum, Math.Min(label.Length, other.Length) <= ShortLabel ? 1 : MostEdits);
            int edits = label.DistanceTo(other, allowed);
            if (edits > allowed) return MostEdits + 1;
            sum += edits;
            left = WireName.Parent(left);
        }

        return left[0] == 0 ? sum : MostEdits + 1;
    }
}
