using System.Buffers.Binary;

namespace KubeDoH.Engine.Resolution;

/// <summary>
/// How old a kept answer is. Its TTLs count down by themselves wherever it is read or written out, so that nothing is copied for
/// the next second (RFC 1035 3.2.1, RFC 2308 5).
/// </summary>
internal sealed class AnswerAge
{
    private readonly ushort[] _ttls;
    private readonly TimeProvider? _time;
    private readonly long _since;
    private readonly uint _fixed;

    /// <summary>Counts down from now on.</summary>
    /// <param name="ttls">Where each record's TTL lies in the message.</param>
    public AnswerAge(TimeProvider time, ushort[] ttls)
    {
        _ttls = ttls;
        _time = time;
        _since = time.GetTimestamp();
    }

    private AnswerAge(AnswerAge other, uint ttl)
    {
        _ttls = other._ttls;
        _fixed = ttl;
    }

    /// <summary>What the TTLs are now.</summary>
    public TtlReading Now => _time is null
        ? new TtlReading(_fixed, 0)
        : new TtlReading(null, (uint)Math.Clamp(_time.GetElapsedTime(_since).Ticks / TimeSpan.TicksPerSecond, 0, uint.MaxValue));

    /// <summary>Octets that the positions take.</summary>
    public int Size => _ttls.Length * sizeof(ushort);

    /// <summary>Every TTL is this one from now on, and stands still.</summary>
    public AnswerAge Standing(uint ttl) => new(this, ttl);

    /// <summary>Writes the present TTLs over those of a copied message body, or of the first part of one.</summary>
    /// <param name="offset">Where the body starts in the message.</param>
    public void Stamp(Span<byte> body, int offset)
    {
        TtlReading now = Now;
        foreach (ushort at in _ttls)
        {
            if (at - offset >= body.Length) break;
            Span<byte> ttl = body[(at - offset)..];
            BinaryPrimitives.WriteUInt32BigEndian(ttl, now.Of(BinaryPrimitives.ReadUInt32BigEndian(ttl)));
        }
    }
}

/// <summary>What becomes of TTLs at a moment.</summary>
/// <param name="Fixed">What each of them is; null where they count down.</param>
/// <param name="Age">Seconds that have passed.</param>
internal readonly record struct TtlReading(uint? Fixed, uint Age)
{
    public uint Of(uint ttl) => Fixed ?? (ttl > Age ? ttl - Age : 0);
}
