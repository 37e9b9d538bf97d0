using System.Buffers.Binary;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward.Cache;

/// <summary>For how long what is kept.</summary>
internal sealed class CacheTtls(CacheOptions options, TimeProvider time)
{
    /// <summary>TTL of a stale answer, in seconds (RFC 8767 4).</summary>
    public const uint Stale = 30;

    /// <summary>While a stale answer serves, its question is asked again after so long at the earliest (RFC 8767 5).</summary>
    public static readonly TimeSpan StaleRecheck = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The answer with the TTLs that it is given on with, counting down from now on. They keep within the configured bounds; in the
    /// authority section of a negative answer none exceeds the negative TTL (RFC 2308 5, RFC 9077 3). A bound holds for an RRset and its
    /// signatures alike, and none raises the TTL of an answer with signatures above what was signed (RFC 4035 5.3.3).
    /// </summary>
    /// <param name="lifetime">For how long it may be kept; zero when it may not.</param>
    public Answer Shape(Answer answer, out TimeSpan lifetime)
    {
        lifetime = TimeSpan.Zero;
        if (answer.Ttl is null || answer.Truncated) return answer;
        uint? negative = null;
        bool signed = false;
        long valid = long.MaxValue;
        long now = time.GetUtcNow().ToUnixTimeSeconds();
        Span<byte> room = stackalloc byte[AnswerRecords.Room];
        AnswerRecords records = answer.ReadRecords(answer.QuestionName, room);
        while (records.MoveNext())
        {
            if (records is { Section: Section.Authority, Type: RecordType.SOA }) negative = NegativeTtl(records.Ttl, records.Data);
            if (records is not { Type: RecordType.RRSIG, Data.Length: > 18 }) continue;
            signed = true;
            // Seconds modulo 2^32 (RFC 4034 3.1.5). One that is over already is the client's to judge: nobody validates here.
            int left = (int)(BinaryPrimitives.ReadUInt32BigEndian(records.Data[8..]) - (uint)now);
            if (left > 0) valid = Math.Min(valid, left);
        }

        uint least = signed ? 0 : (uint)options.MinTtl;
        var change = new TtlChange(least, (uint)options.MaxTtl, negative);
        Answer shaped = Rewrite(answer, change, out uint ttl);
        lifetime = TimeSpan.FromSeconds(Math.Min(ttl, valid));
        return shaped;
    }

    /// <summary>For how long a failure is not tried again: longer each time in a row (RFC 9520 3.2).</summary>
    public TimeSpan OfFailure(int timesInARow)
    {
        double seconds = options.FailureTtl * Math.Pow(2, Math.Min(timesInARow - 1, 10));
        return TimeSpan.FromSeconds(Math.Min(seconds, CacheOptions.MaxFailureTtl));
    }

    private uint NegativeTtl(uint ttl, ReadOnlySpan<byte> soa) =>
        Math.Min(Math.Min(ttl, BinaryPrimitives.ReadUInt32BigEndian(soa[^4..])), (uint)options.NegativeMaxTtl);

    /// <summary>Writes the TTLs of a copy over.</summary>
    /// <param name="ttl">For how long the whole of it holds.</param>
    private Answer Rewrite(Answer answer, TtlChange change, out uint ttl)
    {
        byte[] message = answer.Message.ToArray();
        var header = MessageHeader.Read(message);
        var at = new ushort[header.AnswerCount + header.AuthorityCount + header.AdditionalCount];
        var reader = new MessageReader(message, answer.BodyOffset);
        ttl = change.Negative ?? uint.MaxValue;
        for (int i = 0; i < at.Length && reader.TryReadRecord(out WireRecord record) == WireError.None; i++)
        {
            bool isAuthority = i >= header.AnswerCount && i < header.AnswerCount + header.AuthorityCount;
            uint changed = change.Of(record.Ttl, isAuthority);
            if (i < header.AnswerCount) ttl = Math.Min(ttl, changed);
            at[i] = (ushort)(record.DataOffset - 6);
            BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(at[i]), changed);
        }

        return answer.Aging(message, ttl, new AnswerAge(time, at));
    }

    /// <summary>What becomes of the TTLs of an answer.</summary>
    /// <param name="Negative">The negative TTL, where the answer has an SOA.</param>
    private readonly record struct TtlChange(uint Least, uint Most, uint? Negative)
    {
        public uint Of(uint ttl, bool isAuthority) =>
            isAuthority && Negative is { } negative ? Math.Min(ttl, negative) : Math.Min(Math.Max(ttl, Least), Most);
    }
}
