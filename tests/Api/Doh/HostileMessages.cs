using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Api.Doh;

/// <summary>Questions that no client has reason to send, by name.</summary>
internal static class HostileMessages
{
    private static readonly byte[] Pointer = [0xc0, MessageHeader.Size];
    private static readonly byte[] Opt = [0, 0, 41, 4, 0xd0, 0, 0, 0, 0, 0, 0];

    public static byte[] Make(string name)
    {
        string[] words = name.Split(' ');
        byte[] plain = Messages.Question("web.fuzz");
        return words[0] switch
        {
            "length" => Padded(int.Parse(words[1])),
            "labels" => Asked([.. Labels(int.Parse(words[1])), 0]),
            "name-octets" => Asked(
                [.. Enumerable.Repeat((byte[])[63, .. new byte[63]], 3).SelectMany(l => l), .. Label(int.Parse(words[1]) - 194), 0]),
            "label-type" => Asked([Convert.ToByte(words[1], 2) is var type ? (byte)(type << 6) : (byte)0, .. new byte[64], 0]),
            "label-cut" => [.. Header(1, 0, 0, 0), 63, (byte)'a'],
            "pointer" => Asked([0xc0, byte.Parse(words[1])]),
            "pointer-cut" => [.. Header(1, 0, 0, 0), 0xc0],
            "questions" => [.. Header(int.Parse(words[1]), 0, 0, 0), .. Enumerable.Repeat(plain[12..], int.Parse(words[1]))
                .SelectMany(q => q)],
            "questions-counted" => [.. Header(ushort.MaxValue, 0, 0, 0), .. plain[12..]],
            "counts" => [.. Header(1, ushort.MaxValue, ushort.MaxValue, ushort.MaxValue), .. plain[12..]],
            "additional-counted" => [.. Header(1, 0, 0, ushort.MaxValue), .. plain[12..]],
            "answer" => [.. Header(1, 1, 0, 0), .. plain[12..], .. Record(Pointer, RecordType.A, [192, 0, 2, 1])],
            "authority" => [.. Header(1, 0, 1, 0), .. plain[12..], .. Record(Pointer, RecordType.A, [192, 0, 2, 1])],
            "opt" => WithOpt(words[1]),
            "trailing" => [.. plain, 0],
            "rdlength" => [.. Header(1, 0, 0, 1), .. plain[12..], .. Record(Pointer, RecordType.A, [192, 0, 2, 1])[..^1]],
            "response" => With(plain, 2, 0x81),
            "opcode" => With(plain, 2, (byte)(int.Parse(words[1]) << 3)),
            "flags" => With(With(plain, 2, 0x07), 3, 0xff),
            "class" => With(plain, plain.Length - 1, byte.Parse(words[1])),
            "type" => With(With(plain, plain.Length - 4, (byte)(int.Parse(words[1]) >> 8)), plain.Length - 3, (byte)int.Parse(words[1])),
            "bomb" => Bomb(words[1]),
            _ => throw new ArgumentException(name),
        };
    }

    private static byte[] WithOpt(string kind) => kind switch
    {
        "twice" => Additional(Opt, Opt),
        "owned" => Additional([1, (byte)'a', .. Opt]),
        "compressed" => Additional([0xc0, 12, .. Opt[1..]]),
        "cut" => Additional(Opt[..^1]),
        "option-over-end" => Additional([.. Opt[..^1], 4, 0, 10, 0, 8]),
        "option-half" => Additional([.. Opt[..^1], 3, 0, 10, 0]),
        "version" => Additional(With(Opt, 6, 1)),
        "do-65535" => Additional(With(With(With(Opt, 3, 0xff), 4, 0xff), 7, 0x80)),
        "size-0" => Additional(With(With(Opt, 3, 0), 4, 0)),
        "options" => Additional([.. Opt[..^2], 0xfc, 0, .. Enumerable.Repeat((byte[])[0, 10, 0, 0], 16_128).SelectMany(option => option)]),
        _ => throw new ArgumentException(kind),
    };

    /// <summary>Records of 12 octets that each name the longest name there is, by one pointer or through as many as fit.</summary>
    private static byte[] Bomb(string kind)
    {
        byte[] longest = [.. Labels(127), 0];
        byte[] question = [.. longest, 0, 1, 0, 1], chain = [];
        byte[] owner = Pointer;
        if (kind == "chain")
        {
            int at = MessageHeader.Size + question.Length + 12;
            byte[] pointers = [.. Pointer, .. Enumerable.Range(0, 7_900)
                .SelectMany(i => (byte[])[(byte)(0xc0 | ((at + (2 * i)) >> 8)), (byte)(at + (2 * i))])];
            chain = Record(Pointer, (RecordType)65280, pointers);
            int last = at + pointers.Length - 2;
            owner = [(byte)(0xc0 | (last >> 8)), (byte)last];
        }

        byte[] record = Record(owner, RecordType.NS, owner);
        int count = (ushort.MaxValue - MessageHeader.Size - question.Length - chain.Length) / record.Length;
        return
        [
            .. Header(1, 0, 0, count + (chain.Length > 0 ? 1 : 0)), .. question, .. chain,
            .. Enumerable.Repeat(record, count).SelectMany(r => r),
        ];
    }

    /// <summary>A sound question, its OPT record filled up to <paramref name="length"/> octets with padding (RFC 7830).</summary>
    private static byte[] Padded(int length)
    {
        int padding = length - Additional(Opt).Length - 4;
        return Additional([.. Opt[..^2], .. UInt16(padding + 4), 0, 12, .. UInt16(padding), .. new byte[padding]]);
    }

    private static byte[] Asked(byte[] name) => [.. Header(1, 0, 0, 0), .. name, 0, 1, 0, 1];

    private static byte[] Additional(params byte[][] records) =>
        [.. Header(1, 0, 0, records.Length), .. Messages.Question("web.fuzz")[12..], .. records.SelectMany(record => record)];

    private static byte[] Record(byte[] owner, RecordType type, byte[] data) =>
        [.. owner, .. UInt16((int)type), 0, 1, 0, 0, 0, 60, .. UInt16(data.Length), .. data];

    private static byte[] Header(int questions, int answers, int authority, int additional)
    {
        var header = new byte[MessageHeader.Size];
        new MessageHeader(0x1234, MessageHeader.RecursionDesired, (ushort)questions, (ushort)answers, (ushort)authority, (ushort)additional)
            .Write(header);
        return header;
    }

    private static byte[] Label(int octets) => [(byte)octets, .. Enumerable.Repeat((byte)'x', octets)];

    private static IEnumerable<byte> Labels(int count) => Enumerable.Repeat(Label(1), count).SelectMany(label => label);

    private static byte[] UInt16(int value) => [(byte)(value >> 8), (byte)value];

    private static byte[] With(byte[] bytes, int at, byte value)
    {
        byte[] changed = [.. bytes];
        changed[at] = value;
        return changed;
    }
}
