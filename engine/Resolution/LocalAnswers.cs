using System.Buffers.Binary;
using System.Collections.Concurrent;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution;

/// <summary>The answers that every local source needs and that fit any question.</summary>
public static class LocalAnswers
{
    /// <summary>Negative TTL of entries and hosts names, in seconds.</summary>
    public const uint NegativeTtl = 30;

    private static readonly DnsName Localhost = DnsName.Parse("localhost.");

    /// <summary>One HINFO answer a source serves all its names.</summary>
    private static readonly ConcurrentDictionary<string, Answer> AnyBySource = new();

    /// <summary>HINFO "RFC8482" "" in the stead of every record (RFC 8482 4.2).</summary>
    public static Answer Any(string source) => AnyBySource.GetOrAdd(source, static name => Any(name, NegativeTtl));

    /// <summary>The same with a TTL of its own, in seconds.</summary>
    public static Answer Any(string source, uint ttl)
    {
        AnswerBuilder builder = AnswerBuilder.Portable(RecordType.ANY);
        builder.Add(Section.Answer, [], RecordType.HINFO, ttl, "\u0007RFC8482\0"u8);
        return builder.Finish(source);
    }

    /// <summary>NODATA with an SOA owned by the question's own name, for sources that have no zone (RFC 2308 2.2).</summary>
    public static Answer NoData(string source)
    {
        AnswerBuilder builder = AnswerBuilder.Portable();
        byte[] soa = Soa(Localhost, Localhost.Child("hostmaster"u8), serial: 1, NegativeTtl);
        builder.Add(Section.Authority, [], RecordType.SOA, NegativeTtl, soa);
        return builder.Finish(source);
    }

    /// <summary>NXDOMAIN or NODATA with the SOA of <paramref name="zone"/>.</summary>
    public static Answer Negative(string source, Rcode rcode, DnsName zone, uint ttl, byte[] soa, ExtendedError? error = null)
    {
        AnswerBuilder builder = AnswerBuilder.Portable();
        builder.Add(Section.Authority, zone.Span, RecordType.SOA, ttl, soa);
        return builder.Finish(source, rcode, error: error);
    }

    /// <summary>An answer without records: SERVFAIL, REFUSED and their kin.</summary>
    public static Answer Failure(string source, Rcode rcode, ExtendedErrorCode code, string text) =>
        AnswerBuilder.Portable().Finish(source, rcode, local: false, error: new ExtendedError(code, text));

    /// <summary>RDATA of an SOA with the timers that CoreDNS gives its cluster zones (RFC 1035 3.3.13).</summary>
    /// <param name="minimum">The negative TTL (RFC 2308 4), in seconds.</param>
    public static byte[] Soa(DnsName server, DnsName mailbox, uint serial, uint minimum)
    {
        var data = new byte[server.Span.Length + mailbox.Span.Length + 20];
        server.Span.CopyTo(data);
        mailbox.Span.CopyTo(data.AsSpan(server.Span.Length));
        Span<byte> numbers = data.AsSpan(data.Length - 20);
        ReadOnlySpan<uint> values = [serial, 7200, 1800, 86400, minimum];
        for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteUInt32BigEndian(numbers[(4 * i)..], values[i]);
        return data;
    }
}
