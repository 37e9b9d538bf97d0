using System.Net;

namespace KubeDoH.Api.Hosting.Access;

/// <summary>
/// So many requests a second for each caller, and as many at once (the generic cell rate algorithm: of each caller the moment is kept
/// until which it has used its share up). Callers share a table of fixed size, so that no crowd of addresses fills the memory: two that
/// meet in a place of it share the rate, and which ones meet is another in every process. Passing costs no allocation.
/// </summary>
internal sealed class RateGate(int perSecond, TimeProvider time)
{
    private const int Places = 1 << 16;

    private readonly long[] _usedUntil = new long[Places];
    private readonly long _step = Math.Max(1, time.TimestampFrequency / perSecond);

    /// <summary>An address; of IPv6 its first 64 bits, which is what one customer has.</summary>
    public static int KeyOf(IPAddress? address)
    {
        if (address is null) return 0;
        UInt128 bits = Network.BitsOf(address);
        bool isV4 = bits >> 32 == 0xFFFF;
        return HashCode.Combine(isV4 ? bits : bits >> 64, isV4);
    }

    public static int KeyOf(string name) => name.GetHashCode(StringComparison.Ordinal);

    /// <summary>Counts a request; false, and when to come again, where it is one too many.</summary>
    /// <param name="key">Of the caller.</param>
    public bool TryPass(int key, out TimeSpan wait)
    {
        ref long place = ref _usedUntil[key & (Places - 1)];
        while (true)
        {
            long now = time.GetTimestamp(), used = Volatile.Read(ref place);
            long from = Math.Max(now, used), early = from - now - (_step * (perSecond - 1));
            wait = early > 0 ? time.GetElapsedTime(0, early) : TimeSpan.Zero;
            if (early > 0) return false;
            if (Interlocked.CompareExchange(ref place, from + _step, used) == used) return true;
        }
    }
}
