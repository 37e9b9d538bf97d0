using System.Text;

namespace KubeDoH.Engine.Wire;

/// <summary>
/// A word to compare many others with: how many edits make another of it, which are an octet put in, left out, changed, or changed
/// with its neighbour (optimal string alignment, a Damerau-Levenshtein distance in which nothing is edited twice). A column of the table
/// is two words of bits, so that a word is compared in a few steps an octet (Hyyrö 2003, "A bit-vector algorithm for computing
/// Levenshtein and Damerau edit distances").
/// </summary>
public sealed class EditPattern
{
    /// <summary>Of a longer word only so many octets count: those at its beginning. A label has 63.</summary>
    public const int Longest = 64;

    private readonly byte[] _word;

    /// <summary>For each octet, a bit for each place of the word that has it.</summary>
    private readonly ulong[] _places = new ulong[256];

    public EditPattern(ReadOnlySpan<byte> word)
    {
        _word = Counted(word).ToArray();
        for (int i = 0; i < _word.Length; i++) _places[_word[i]] |= 1UL << i;
    }

    /// <summary>A text, case apart.</summary>
    public EditPattern(string text)
        : this(Octets(text, stackalloc byte[Longest]))
    {
    }

    /// <summary>Octets that count.</summary>
    public int Length => _word.Length;

    /// <summary>The distance to another word, or some number beyond <paramref name="most"/> when it is larger.</summary>
    public int DistanceTo(ReadOnlySpan<byte> other, int most)
    {
        other = Counted(other);
        int longer = other.Length - _word.Length;
        if (Math.Abs(longer) > most) return most + 1;
        int prefix = other.CommonPrefixLength(_word);
        other = other[prefix..];
        if (other.Length == 0 || prefix == _word.Length) return Math.Abs(longer);

        // The distance is followed down the diagonal that ends in the table's last corner: it never gets less there.
        int distance = Math.Abs(longer);
        ulong up = ulong.MaxValue, down = 0, same = 0, before = 0;
        for (int i = 0; i < other.Length && distance <= most; i++)
        {
            ulong places = _places[other[i]] >> prefix;
            ulong swapped = ((~same & places) << 1) & before;
            same = (((places & up) + up) ^ up) | places | down | swapped;
            if (i >= longer) distance += (int)(~(same >> (i - longer)) & 1);
            ulong right = ((down | ~(same | up)) << 1) | 1, left = (same & up) << 1;
            up = left | ~(same | right);
            down = right & same;
            before = places;
        }

        return distance;
    }

    /// <summary>The same to a text, case apart.</summary>
    public int DistanceTo(string text, int most) => DistanceTo(Octets(text, stackalloc byte[Longest]), most);

    private static ReadOnlySpan<byte> Counted(ReadOnlySpan<byte> word) => word[..Math.Min(word.Length, Longest)];

    /// <summary>The text in small letters, an octet each; letters beyond Latin-1 are alike.</summary>
    private static ReadOnlySpan<byte> Octets(string text, Span<byte> room)
    {
        Span<char> small = stackalloc char[Longest];
        small = small[..Math.Min(text.Length, Longest)];
        text.AsSpan(0, small.Length).ToLowerInvariant(small);
        return room[..Encoding.Latin1.GetBytes(small, room)];
    }
}
