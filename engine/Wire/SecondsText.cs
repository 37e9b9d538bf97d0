using System.Globalization;

namespace KubeDoH.Engine.Wire;

/// <summary>Spans of time as zone files write them (RFC 2308 4 and BIND): plain seconds, or numbers with units: 1w2d3h4m5s.</summary>
public static class SecondsText
{
    /// <summary>Reads seconds from 0 to 4,294,967,295.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out uint seconds)
    {
        if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seconds)) return true;
        ulong total = 0;
        while (!text.IsEmpty)
        {
            int digits = text.IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0 || !uint.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out uint count))
                return false;
            if (UnitOf(text[digits]) is not { } unit) return false;
            total += (ulong)count * unit;
            if (total > uint.MaxValue) return false;
            text = text[(digits + 1)..];
        }

        seconds = (uint)total;
        return total > 0;
    }

    private static uint? UnitOf(char unit) => char.ToLowerInvariant(unit) switch
    {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 604_800,
        _ => null,
    };
}
