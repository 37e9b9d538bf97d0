using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution;

/// <summary>The records of one type at one owner name; they share their TTL (RFC 2181 5.2).</summary>
/// <param name="Ttl">Seconds.</param>
/// <param name="Data">RDATA of each record, names in it uncompressed.</param>
/// <param name="Additional">Records that ride along in the additional section, as the addresses of SRV targets do.</param>
public sealed record RRset(RecordType Type, uint Ttl, IReadOnlyList<byte[]> Data, IReadOnlyList<AdditionalRecord>? Additional = null);

/// <summary>A record of the additional section.</summary>
public sealed record AdditionalRecord(DnsName Owner, RecordType Type, uint Ttl, byte[] Data);
