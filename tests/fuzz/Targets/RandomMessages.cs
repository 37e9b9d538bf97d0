using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Wire;

namespace KubeDoH.Tests.Fuzz;

/// <summary>Sound messages at random: questions, also for names of <see cref="FuzzWorld"/>, and replies to them.</summary>
internal sealed class RandomMessages(Random random)
{
    private static readonly byte[][] Known =
    [
        .. new[]
        {
            "secco.dns-playground.svc.cluster.local", "184.195.101.10.in-addr.arpa", "alias.fuzz", "a.tree.fuzz", "x.wild.fuzz",
            "loop.fuzz", "web.fuzz", "localhost",
        }.Select(name => DnsName.Parse(name).Span.ToArray()),
    ];

    private readonly RandomRecords _records = new(random);
    private readonly byte[] _message = new byte[8192];

    public byte[] Question()
    {
        bool edns = random.Next(2) == 0;
        MessageWriter writer = Start(MessageHeader.RecursionDesired, Name(), Type(), answers: 0, additional: edns ? 1 : 0);
        if (edns) WriteOpt(ref writer);
        return writer.Written.ToArray();
    }

    /// <summary>A reply whose records are of the question's name, of its aliases, or of anybody.</summary>
    public byte[] Reply()
    {
        byte[] name = Name();
        int count = random.Next(0, 5);
        bool edns = random.Next(2) == 0;
        RecordType type = Type();
        MessageWriter writer = Start(
            MessageHeader.Response | MessageHeader.RecursionAvailable | (random.Next(4) == 0 ? 3 : 0), name, type, count, edns ? 1 : 0);
        for (; count > 0; count--)
        {
            RecordType own = random.Next(3) switch { 0 => type, 1 => RecordType.CNAME, _ => _records.Type() };
            byte[] data = _records.Data(own);
            writer.WriteRecord(random.Next(4) == 0 ? _records.Name() : name, own, (uint)random.Next(), data);
            if (own == RecordType.CNAME) name = data;
        }

        if (edns) WriteOpt(ref writer);
        return writer.Written.ToArray();
    }

    private byte[] Name() => random.Next(2) == 0 ? Known[random.Next(Known.Length)] : _records.Name();

    private RecordType Type() => random.Next(8) switch
    {
        0 => RecordType.ANY,
        1 => (RecordType)random.Next(65536),
        2 => _records.Type(),
        3 => RecordType.AAAA,
        _ => RecordType.A,
    };

    private MessageWriter Start(int flags, byte[] name, RecordType type, int answers, int additional)
    {
        var writer = new MessageWriter(_message, new ushort[MessageWriter.SlotCount]);
        writer.WriteHeader(new MessageHeader((ushort)random.Next(65536), (ushort)flags, 1, (ushort)answers, 0, (ushort)additional));
        writer.WriteName(name);
        writer.WriteUInt16((ushort)type);
        writer.WriteUInt16((ushort)RecordClass.Internet);
        return writer;
    }

    private void WriteOpt(ref MessageWriter writer)
    {
        byte[] option = _records.Octets(0, 20);
        writer.WriteByte(0);
        writer.WriteUInt16((ushort)RecordType.OPT);
        writer.WriteUInt16((ushort)random.Next(65536));
        writer.WriteUInt32(random.Next(2) == 0 ? 0x8000u : 0);
        writer.WriteUInt16((ushort)(4 + option.Length));
        writer.WriteUInt16((ushort)random.Next(20));
        writer.WriteUInt16((ushort)option.Length);
        foreach (byte octet in option) writer.WriteByte(octet);
    }
}
