using System.Buffers.Binary;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Wire;

/// <summary>Sound records of every known type, made from the table of fields.</summary>
internal sealed class RandomRecords(Random random)
{
    public static readonly RecordType[] Types =
        [.. Enum.GetValues<RecordType>().Where(type => RecordFormat.Of(type) is not null), (RecordType)65280];

    private static readonly byte[][] Labels =
        [.. "a b www mail example cluster svc _tcp *".Split(' ').Select(System.Text.Encoding.ASCII.GetBytes)];

    public RecordType Type() => Types[random.Next(Types.Length)];

    /// <summary>A lower-case name of 0 to 6 labels, now and then with odd octets or of up to 255 octets.</summary>
    public byte[] Name()
    {
        byte[] name = [0];
        var room = new byte[WireName.MaxLength];
        int labels = random.Next(20) == 0 ? 127 : random.Next(7);
        for (int i = 0; i < labels; i++)
        {
            byte[] label = random.Next(10) == 0 ? Octets(1, 63) : Labels[random.Next(Labels.Length)];
            if (!WireName.TryPrepend(label, name, room, out int length)) break;
            name = room[..length];
        }

        WireName.ToLower(name, name);
        return name;
    }

    public byte[] Data(RecordType type)
    {
        if (RecordFormat.Of(type) is not { } format) return Octets(0, 40);
        if (type is RecordType.SVCB or RecordType.HTTPS && random.Next(4) == 0) return [0, 0, .. Name()];
        byte[] data = [.. format.Fields.SelectMany(field => Field(field.Kind))];
        if (type is RecordType.SVCB or RecordType.HTTPS && data is [0, 0, ..]) data[1] = 1;
        return data;
    }

    public byte[] Octets(int min, int max)
    {
        var octets = new byte[random.Next(min, max + 1)];
        random.NextBytes(octets);
        return octets;
    }

    private byte[] Field(FieldKind kind) => kind switch
    {
        FieldKind.Name => Name(),
        FieldKind.U8 => Octets(1, 1),
        FieldKind.U16 => Octets(2, 2),
        FieldKind.Mnemonic => [(byte)random.Next(2), (byte)random.Next(1, 256)],
        FieldKind.U32 or FieldKind.Seconds or FieldKind.Time or FieldKind.Ipv4 => Octets(4, 4),
        FieldKind.Ipv6 =>
            random.Next(2) == 0 ? Octets(16, 16) : [.. Enumerable.Range(0, 16).Select(_ => (byte)(random.Next(4) == 0 ? 1 : 0))],
        FieldKind.CharString => Counted(Octets(0, random.Next(2) == 0 ? 8 : 255)),
        FieldKind.Strings => [.. Enumerable.Range(0, random.Next(1, 4)).SelectMany(_ => Counted(Octets(0, 60)))],
        FieldKind.Tag => Counted([.. Octets(1, 8).Select(octet => (byte)('a' + octet % 26))]),
        FieldKind.Text => Octets(0, 300),
        FieldKind.Hex or FieldKind.Base64 => Octets(1, 70),
        FieldKind.Salt => Counted(Octets(0, 12)),
        FieldKind.Hash => Counted(Octets(1, 32)),
        FieldKind.Types => random.Next(4) == 0 ? [] : [0, 2, 0x40, (byte)random.Next(1, 256), 4, 1, (byte)random.Next(1, 256)],
        _ => Parameters(),
    };

    private byte[] Parameters()
    {
        var data = new List<byte>();
        bool hasAlpn = random.Next(2) == 0, hasPort = random.Next(2) == 0;
        if (hasAlpn && hasPort && random.Next(2) == 0) Add(SvcParamKey.Mandatory, [0, 1, 0, 3]);
        if (hasAlpn) Add(SvcParamKey.Alpn, [.. Counted(Octets(1, 8)), .. Counted("h,\\2"u8.ToArray())]);
        if (hasAlpn && random.Next(3) == 0) Add(SvcParamKey.NoDefaultAlpn, []);
        if (hasPort) Add(SvcParamKey.Port, Octets(2, 2));
        if (random.Next(3) == 0) Add(SvcParamKey.Ipv4Hint, [.. Octets(4, 4), .. Octets(4, 4)]);
        if (random.Next(3) == 0) Add(SvcParamKey.Ech, Octets(1, 40));
        if (random.Next(3) == 0) Add(SvcParamKey.Ipv6Hint, Octets(16, 16));
        if (random.Next(3) == 0) Add(SvcParamKey.DohPath, "/dns-query{?dns}"u8.ToArray());
        if (random.Next(3) == 0) Add((SvcParamKey)random.Next(8, 65536), Octets(0, 20));
        return [.. data];

        void Add(SvcParamKey key, byte[] value)
        {
            Span<byte> head = stackalloc byte[4];
            BinaryPrimitives.WriteUInt16BigEndian(head, (ushort)key);
            BinaryPrimitives.WriteUInt16BigEndian(head[2..], (ushort)value.Length);
            data.AddRange(head);
            data.AddRange(value);
        }
    }

    private static byte[] Counted(byte[] octets) => [(byte)octets.Length, .. octets];
}
