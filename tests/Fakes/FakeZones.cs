using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Fakes;

/// <summary>The records of a fake upstream, and what an authoritative server says of them (RFC 1034 4.3.2, RFC 2308 2).</summary>
internal sealed class FakeZones
{
    private readonly Lock _lock = new();
    private readonly List<FakeRecord> _records = [];

    public void Add(FakeRecord record)
    {
        lock (_lock) _records.Add(record);
    }

    public void Remove(DnsName name, RecordType type)
    {
        lock (_lock) _records.RemoveAll(record => record.Owner == name && record.Type == type);
    }

    public void Clear()
    {
        lock (_lock) _records.Clear();
    }

    public FakeReply Find(DnsName name, RecordType type)
    {
        FakeRecord[] all;
        lock (_lock) all = [.. _records];
        var answer = new List<FakeRecord>();
        for (int links = 0; links < 20; links++)
        {
            FakeRecord[] owned = [.. all.Where(record => record.Owner == name)];
            FakeRecord[] found = [.. owned.Where(record => record.Type == type || type == RecordType.ANY)];
            answer.AddRange(found);
            if (found.Length > 0) return new FakeReply { Answer = answer };
            FakeRecord? alias = owned.FirstOrDefault(record => record.Type == RecordType.CNAME);
            if (alias is null) break;
            answer.Add(alias);
            name = DnsName.Copy(alias.Data);
        }

        bool exists = all.Any(record => WireName.IsAtOrBelow(record.Owner.Span, name.Span));
        FakeRecord? soa = all
            .Where(record => record.Type == RecordType.SOA && WireName.IsAtOrBelow(name.Span, record.Owner.Span))
            .MaxBy(record => record.Owner.Span.Length);
        return new FakeReply
        {
            Rcode = exists ? Rcode.NoError : soa is null ? Rcode.Refused : Rcode.NxDomain,
            Answer = answer,
            Authority = soa is null ? [] : [soa],
        };
    }
}
