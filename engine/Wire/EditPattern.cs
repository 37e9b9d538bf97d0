namespace KubeDoH.Engine.Diagnosis;

/// <summary>
/// A label to compare many others with: how many edits make another of it, which are an octet put in, left out, changed, or changed
/// with its neighbour (optimal string alignment, a Damerau-Levenshtein distance in which nothing is edited twice). A column of the table
/// is two words of bits, so that a label is compared in a few steps an octet (Hyyrö 2003, "A bit-vector algorithm for computing
/// Levenshtein and Damerau edit distances").
/// </summary>
internal sealed class LabelPattern
{
    private readonly byte[] _label;

    /// <summary>For each octet, a bit for each place of the label that has it.</summary>
    private readonly ulong[] _places = new ulong[256];

    /// <param name="label">At most 63 octets, as a label has.</param>
    public LabelPattern(ReadOnlySpan<byte> label)
    {
        _label = label.ToArray();
        for (int i = 0; i < label.Length; i++) _places[label[i]] |= 1UL << i;
    }

    public int Length => _label.Length;

    /// <summary>The distance to another label, or some number beyond <paramref name="most"/> when it is larger.</summary>
    public int DistanceTo(ReadOnlySpan<byte> other, int most)
    {
        if (other.SequenceEqual(_label)) return 0;
        if (most == 0 || Math.Abs(other.Length - _label.Length) > most) return most + 1;
        if (_label.Length == 0) return other.Length;

        ulong last = 1UL << (_label.Length - 1), up = ulong.MaxValue, down = 0, same = 0, before = 0;
        int distance = _label.Length;
        for (int i = 0; i < other.Length; i++)
        {
            ulong places = _places[other[i]];
            ulong swapped = ((~same & places) << 1) & before;
            same = (((places & up) + up) ^ up) | places | down | swapped;
            ulong right = down | ~(same | up), left = same & up;
            if ((right & last) != 0) distance++;
            if ((left & last) != 0) distance--;
            if (distance - (other.Length - 1 - i) > most) return most + 1;
            right = (right << 1) | 1;
            left <<= 1;
            up = left | ~(same | right);
            down = right & same;
            before = places;
        }

        return distance;
    }
}
