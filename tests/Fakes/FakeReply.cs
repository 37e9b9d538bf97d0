using System.Text;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Fakes;

/// <summary>A record that a fake upstream sends.</summary>
internal sealed record FakeRecord(DnsName Owner, RecordType Type, uint Ttl, byte[] Data, RecordClass Class = RecordClass.Internet)
{
    /// <summary>From text: <c>FakeRecord.Of("www.example.com", 300, "A", "192.0.2.53")</c>.</summary>
    public static FakeRecord Of(string owner, uint ttl, string type, string data) =>
        !RecordTypeText.TryRead(type, out RecordType parsed)
            ? throw new FormatException($"'{type}' is no record type")
            : !RecordText.TryRead(parsed, data, out byte[] bytes, out string? error)
                ? throw new FormatException($"{owner} {type} '{data}': {error}")
                : new FakeRecord(DnsName.Parse(owner), parsed, ttl, bytes);
}

/// <summary>A reply before its bytes, which are made here octet by octet and not with the engine's writer.</summary>
internal sealed class FakeReply
{
    public Rcode Rcode { get; init; }

    public IReadOnlyList<FakeRecord> Answer { get; init; } = [];

    public IReadOnlyList<FakeRecord> Authority { get; init; } = [];

    public IReadOnlyList<FakeRecord> Additional { get; init; } = [];

    public bool Authoritative { get; init; } = true;

    public bool RecursionAvailable { get; init; } = true;

    public bool AuthenticData { get; init; }

    /// <summary>An extended error (RFC 8914), sent where the question has an OPT record.</summary>
    public (ushort Code, string Text)? Error { get; init; }

    /// <summary>Other options, as octets, sent before the extended error.</summary>
    public byte[] Options { get; init; } = [];

    public byte[] Write(FakeQuestion question, bool truncated = false)
    {
        var bytes = new List<byte>();
        int flags = 0x8000 | (question.Flags & 0x0110) | ((int)Rcode & 0xf);
        if (Authoritative) flags |= 0x0400;
        if (truncated) flags |= 0x0200;
        if (RecursionAvailable) flags |= 0x0080;
        if (AuthenticData) flags |= 0x0020;
        int[] counts = truncated ? [0, 0, 0] : [Answer.Count, Authority.Count, Additional.Count];
        if (question.HasEdns) counts[2]++;
        foreach (int number in (int[])[question.Id, flags, 1, .. counts]) AddUInt16(bytes, number);
        bytes.AddRange(question.NameBytes);
        AddUInt16(bytes, (int)question.Type);
        AddUInt16(bytes, 1);
        foreach (FakeRecord record in truncated ? [] : Answer.Concat(Authority).Concat(Additional)) AddRecord(bytes, question, record);
        if (question.HasEdns) AddOpt(bytes);
        return [.. bytes];
    }

    private static void AddRecord(List<byte> bytes, FakeQuestion question, FakeRecord record)
    {
        if (record.Owner.Span.SequenceEqual(question.NameBytes)) AddUInt16(bytes, 0xc00c);
        else bytes.AddRange(record.Owner.Span);
        AddUInt16(bytes, (int)record.Type);
        AddUInt16(bytes, (int)record.Class);
        AddUInt16(bytes, (int)(record.Ttl >> 16));
        AddUInt16(bytes, (int)(record.Ttl & 0xffff));
        AddUInt16(bytes, record.Data.Length);
        bytes.AddRange(record.Data);
    }

    private void AddOpt(List<byte> bytes)
    {
        byte[] text = Encoding.UTF8.GetBytes(Error?.Text ?? "");
        bytes.Add(0);
        foreach (int number in new[] { 41, 1232, (int)Rcode >> 4 << 8, 0 }) AddUInt16(bytes, number);
        AddUInt16(bytes, Options.Length + (Error is null ? 0 : 6 + text.Length));
        bytes.AddRange(Options);
        if (Error is not { } error) return;
        foreach (int number in new[] { 15, 2 + text.Length, error.Code }) AddUInt16(bytes, number);
        bytes.AddRange(text);
    }

    private static void AddUInt16(List<byte> bytes, int value)
    {
        bytes.Add((byte)(value >> 8));
        bytes.Add((byte)value);
    }
}
