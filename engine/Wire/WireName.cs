using System.Text;

namespace KubeDoH.Engine.Wire;

/// <summary>
/// Domain names as uncompressed wire bytes: length-prefixed labels up to and with the root's zero octet (RFC 1035 3.1).
/// A parent is a slice. Lower-casing the whole name is safe, as a length octet (0 to 63) is never a letter.
/// </summary>
public static class WireName
{
    /// <summary>The longest name, in octets, the root's included (RFC 1035 2.3.4).</summary>
    public const int MaxLength = 255;

    /// <summary>The longest label, in octets (RFC 1035 2.3.4).</summary>
    public const int MaxLabel = 63;

    /// <summary>The most labels that a name has: each takes two octets at least.</summary>
    public const int MaxLabels = 127;

    public static ReadOnlySpan<byte> Root => [0];

    /// <summary>The name without its first label; the root's parent is the root.</summary>
    public static ReadOnlySpan<byte> Parent(ReadOnlySpan<byte> name) => name[0] == 0 ? name : name[(name[0] + 1)..];

    /// <summary>The first label without its length octet; empty for the root.</summary>
    public static ReadOnlySpan<byte> FirstLabel(ReadOnlySpan<byte> name) => name.Slice(1, name[0]);

    /// <summary>The name of the last label: <c>com</c> of <c>www.example.com</c>; the root for the root.</summary>
    public static ReadOnlySpan<byte> TopLevel(ReadOnlySpan<byte> name)
    {
        while (name[0] != 0 && name[name[0] + 1] != 0) name = Parent(name);
        return name;
    }

    /// <summary>The number of labels, the root's not counted.</summary>
    public static int LabelCount(ReadOnlySpan<byte> name)
    {
        int count = 0;
        for (; name[0] != 0; name = Parent(name)) count++;
        return count;
    }

    /// <summary>The octets of the uncompressed name at the start of <paramref name="data"/>; -1 when there is none.</summary>
    public static int Measure(ReadOnlySpan<byte> data)
    {
        for (int at = 0; at < data.Length && at < MaxLength && data[at] <= MaxLabel; at += data[at] + 1)
            if (data[at] == 0) return at + 1;
        return -1;
    }

    /// <summary>True when <paramref name="name"/> is <paramref name="zone"/> or lies below it; both lower case.</summary>
    public static bool IsAtOrBelow(ReadOnlySpan<byte> name, ReadOnlySpan<byte> zone)
    {
        while (name.Length > zone.Length) name = Parent(name);
        return name.SequenceEqual(zone);
    }

    /// <summary>Copies <paramref name="source"/> in lower case (ASCII letters only, RFC 4343).</summary>
    public static void ToLower(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        // Many octets at a time, up to the first beyond ASCII; the framework does not do it in place.
        int done = 0;
        if (!source.Overlaps(destination)) Ascii.ToLower(source, destination, out done);
        for (int i = done; i < source.Length; i++) destination[i] = ToLower(source[i]);
    }

    /// <summary>One octet in lower case (RFC 4343).</summary>
    public static byte ToLower(byte octet) => (uint)(octet - 'A') <= 'Z' - 'A' ? (byte)(octet | 0x20) : octet;

    /// <summary>Equality without regard to case (RFC 4343).</summary>
    public static bool EqualsIgnoreCase(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length != right.Length) return false;
        for (int i = 0; i < left.Length; i++)
            if (ToLower(left[i]) != ToLower(right[i])) return false;
        return true;
    }

    /// <summary>Writes <paramref name="label"/> in front of <paramref name="parent"/>; false when the name would be too long.</summary>
    public static bool TryPrepend(ReadOnlySpan<byte> label, ReadOnlySpan<byte> parent, Span<byte> destination, out int length)
    {
        length = label.Length + 1 + parent.Length;
        if (label.Length is 0 or > MaxLabel || length > MaxLength) return false;
        destination[0] = (byte)label.Length;
        label.CopyTo(destination[1..]);
        parent.CopyTo(destination[(label.Length + 1)..]);
        return true;
    }

    /// <summary>
    /// Writes the relative <paramref name="name"/> (its root octet dropped) in front of <paramref name="suffix"/>; false when too
    /// long.
    /// </summary>
    public static bool TryAppend(ReadOnlySpan<byte> name, ReadOnlySpan<byte> suffix, Span<byte> destination, out int length)
    {
        length = name.Length - 1 + suffix.Length;
        if (length > MaxLength) return false;
        name[..^1].CopyTo(destination);
        suffix.CopyTo(destination[(name.Length - 1)..]);
        return true;
    }
}
